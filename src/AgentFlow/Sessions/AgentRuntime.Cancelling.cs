namespace AgentFlow;

/// <summary>How the children of a session that fails or is cancelled are cancelled, wherever they are.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>How many poll intervals other workers have to take up what this one cannot.</summary>
    private const int PollsOfOthers = 10;

    private static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Cancels a child, and waits until it has undone what it did. If another worker has it, it is asked to; if nobody here knows its agent, its
    /// cancellation is recorded, and another worker carries it out. If none does within some poll intervals, none knows its agent, and the next one
    /// that does finds the record.
    /// </summary>
    /// <param name="id">The child.</param>
    /// <param name="isGivenUp">Whether its parent has been given up here.</param>
    internal async Task CancelChildAsync(string id, Func<bool> isGivenUp)
    {
        var isRecorded = false;
        var isAsked = false;
        var lastOwned = Options.Run.TimeProvider.GetTimestamp();
        for (var pause = s_firstLook; !isGivenUp(); pause = pause * 2 < Options.PollInterval ? pause * 2 : Options.PollInterval)
        {
            if (await Store.FindAsync(id).ConfigureAwait(false) is not { } child || child.State.IsEnded())
            {
                return;
            }

            if (_live.TryGetValue(id, out var live) && live.Cancel())
            {
                await live.Rest.ConfigureAwait(false);
                isRecorded = true;
                continue;
            }

            if (child.Owner is not null)
            {
                lastOwned = Options.Run.TimeProvider.GetTimestamp();
            }

            if (isRecorded && (child.State == SessionState.Uncertain || IsLeftAlone(child, lastOwned)))
            {
                // A person has to settle it first, or a worker that knows its agent goes on.
                return;
            }

            try
            {
                if (!isRecorded)
                {
                    await CancelAsync(FindHost(id, child.Agent), id, CancellationToken.None).ConfigureAwait(false);
                    isRecorded = true;
                    continue;
                }
            }
            catch (Exception e) when (e is InvalidSessionTransitionException or SessionNotFoundException)
            {
                return;
            }
            catch (SessionOwnedException)
            {
                if (!isAsked)
                {
                    await AskToCancelAsync(child).ConfigureAwait(false);
                    isAsked = true;
                }
            }

            await Task.Delay(TimerSpan.For(pause), Options.Run.TimeProvider, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private bool IsLeftAlone(SessionInfo child, long lastOwned) =>
        FindAgent(child.Agent) is null && Options.Run.TimeProvider.GetElapsedTime(lastOwned) > Options.PollInterval * PollsOfOthers;

    private async ValueTask AskToCancelAsync(SessionInfo child)
    {
        var codec = await CodecAsync(child, CancellationToken.None).ConfigureAwait(false);
        await codec.ReadLifeAsync(Store, child.ForkedFrom is null ? 0 : Math.Max(0, child.ForkedAt), CancellationToken.None).ConfigureAwait(false);
        var key = child.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var payload = codec.SealSignal(CancelRequest.Name, CancelRequest.Sender, key, CancelRequest.Content(codec, child.Sequence).Span);
        try
        {
            await Store.SignalAsync(
                new() { Session = child.Id, Name = CancelRequest.Name, Sender = CancelRequest.Sender, Key = key, Payload = payload },
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidSessionTransitionException or SessionNotFoundException or TooManySignalsException)
        {
            // It has ended just now, or its lease is waited for.
        }
    }
}
