namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>Running losers whose tokens are to be cancelled outside the gate.</summary>
    private List<CancellationTokenSource>? _losersToCancel;

    /// <summary>The token of an action that takes part in a race whose losers are cancelled.</summary>
    internal CancellationToken RaceToken(int action)
    {
        CancellationTokenSource source;
        bool isLost;
        lock (_gate)
        {
            _raceTokens ??= new CancellationTokenSource?[_plan.Count];
            source = CancellationTokenSource.CreateLinkedTokenSource(Token);
            _raceTokens[action] = source;
            isLost = _lost is not null && _lost[action];
        }

        if (isLost)
        {
            // Another was first between its start and now.
            source.Cancel();
        }

        return source.Token;
    }

    /// <summary>Ends the use of an action's token.</summary>
    internal void ReleaseRaceToken(int action)
    {
        CancellationTokenSource? source;
        lock (_gate)
        {
            source = _raceTokens?[action];
            if (source is not null)
            {
                _raceTokens![action] = null;
                _losersToCancel?.Remove(source);
            }
        }

        source?.Dispose();
    }

    private void MarkLosers(int group, int winner)
    {
        foreach (var source in _plan.Groups[group].Sources)
        {
            if (source == winner || Statuses[source] > ActionStatus.Running)
            {
                continue;
            }

            (_lost ??= new bool[_plan.Count])[source] = true;
            _hasAbsent = true;
            StopWaiting(source);
            if (Statuses[source] == ActionStatus.Running && _raceTokens?[source] is { } token)
            {
                (_losersToCancel ??= []).Add(token);
            }
        }
    }

    private CancellationTokenSource? TakeLoser()
    {
        if (_losersToCancel is not { Count: > 0 } losers)
        {
            return null;
        }

        var last = losers[^1];
        losers.RemoveAt(losers.Count - 1);
        return last;
    }

    private void CancelLoser(CancellationTokenSource loser)
    {
        try
        {
            Cancel(loser);
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in the meantime.
        }
    }
}
