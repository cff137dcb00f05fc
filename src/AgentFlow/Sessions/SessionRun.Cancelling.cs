namespace AgentFlow;

/// <summary>Cancelling children, and being cancelled as one.</summary>
internal sealed partial class SessionRun
{
    /// <summary>Whether an action of the session may have run a child: here, or where the session was before.</summary>
    private volatile bool _mayHaveChildren;

    /// <summary>When it was last looked whether a parent elsewhere wants the session cancelled, on the steady clock.</summary>
    private long _lookedAt;

    /// <summary>1 while somebody looks.</summary>
    private int _isLooking;

    /// <summary>
    /// Before anything is undone, whatever the session has begun elsewhere has to stop: also what an action began that was under way when an earlier
    /// worker of the session died. Children of fire-and-forget actions go on, as these do.
    /// </summary>
    private async Task CancelChildrenAsync()
    {
        if (!_mayHaveChildren && _claim.Epoch <= 1)
        {
            return;
        }

        var query = new SessionQuery
        {
            Parent = Session,
            States = [.. Enum.GetValues<SessionState>().Where(static state => !state.IsEnded())],
        };
        var forgotten = _run.Plan.Graph.Actions.Where(static a => a.Mode == ActionMode.FireAndForget).Select(static a => a.Name).ToHashSet();
        while (await _runtime.Store.ListAsync(query).ConfigureAwait(false) is { Count: > 0 } page)
        {
            var cancelled = page.Where(child => ChildId.OwnerOf(Session, child.Id) is not { } owner || !forgotten.Contains(owner.Action));
            await Task.WhenAll(cancelled.Select(child => CancelReadableAsync(child.Id))).ConfigureAwait(false);
            query = query with { After = page[^1].Id };
        }
    }

    public bool IsChild => _claim.Info.Parent is not null;

    /// <summary>Looks from time to time whether a parent that another worker has wants the session cancelled.</summary>
    private void LookForParent()
    {
        if (!IsChild
            || Clock.GetElapsedTime(Interlocked.Read(ref _lookedAt)) < _runtime.Options.PollInterval
            || Interlocked.Exchange(ref _isLooking, 1) != 0)
        {
            return;
        }

        Watch(LookForParentAsync());
    }

    private async Task LookForParentAsync()
    {
        try
        {
            foreach (var signal in await _runtime.Store.ReadSignalsAsync(Session).ConfigureAwait(false))
            {
                TakeRequest(signal);
            }
        }
        catch (Exception e) when (IsOfEngine(e))
        {
            // There is another time.
        }
        finally
        {
            Interlocked.Exchange(ref _lookedAt, Clock.GetTimestamp());
            Interlocked.Exchange(ref _isLooking, 0);
        }
    }

    /// <summary>The request by which the session is to be cancelled before it goes on; null if there is none.</summary>
    public SignalRecord? FindRequest(IReadOnlyList<SignalRecord> signals) => signals.FirstOrDefault(IsValidRequest);

    /// <summary>Cancels the session if its parent asks for it.</summary>
    /// <returns>Whether the signal is such a request.</returns>
    private bool TakeRequest(SignalRecord signal)
    {
        if (!CancelRequest.Is(signal.Name, signal.Sender))
        {
            return false;
        }

        lock (_gate)
        {
            if (_isLeaving || _isEnding || !_taken.Add(signal.Number))
            {
                return true;
            }
        }

        if (IsValidRequest(signal))
        {
            Cancel(signal.Number);
        }
        else
        {
            AgentTelemetry.RefusedSignals.Add(1);
            Enqueue(new Entry { Record = _codec.Refused(signal, "it is out of date, or nobody's who may cancel the session"), Signal = signal.Number, Flushes = true });
        }

        return true;
    }

    /// <summary>Whether a signal is its parent's, and of the life that the session has now: it was not set going again since.</summary>
    private bool IsValidRequest(SignalRecord signal) =>
        CancelRequest.Is(signal.Name, signal.Sender) && CancelRequest.Read(_codec, signal) is { } at && at >= _history.RestartedAt;
}
