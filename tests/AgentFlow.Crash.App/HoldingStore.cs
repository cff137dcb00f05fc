using System.Collections.Concurrent;

namespace AgentFlow.Crash;

/// <summary>Holds back one write of each session, as a process that is stopped does, and makes it when it is told to: whoever owns the session then.</summary>
/// <param name="inner">The store.</param>
/// <param name="action">The action whose outcome is held back.</param>
/// <param name="sessions">How many sessions there are.</param>
public sealed class HoldingStore(ISessionStore inner, string action, int sessions) : ForwardingStore(inner)
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, int> _results = new();
    private int _arrived;
    private int _written;

    /// <summary>Completes when a write of every session is held back.</summary>
    public Task Held => _held.Task;

    /// <summary>Makes what was held back.</summary>
    /// <returns>What has come of the writes, and of how many.</returns>
    public async Task<IReadOnlyDictionary<string, int>> ReleaseAsync()
    {
        _released.SetResult();
        await _done.Task;
        return _results;
    }

    public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        if (!append.Records.Any(r => r.Action == action))
        {
            return await base.AppendAsync(append, cancellationToken);
        }

        if (Interlocked.Increment(ref _arrived) == sessions)
        {
            _held.SetResult();
        }

        await _released.Task;
        try
        {
            return await CountAsync("as it was", append);
        }
        finally
        {
            // Once more, where the journal ends now and under a key that is free: nothing but the epoch speaks against it.
            var present = await FindAsync(append.Claim.Id, cancellationToken);
            var records = append.Records.Select(static r => r with { Key = r.Key + " again" });
            try
            {
                await CountAsync("where the journal ends", append with { After = present!.Sequence, Records = [.. records] });
            }
            catch (FencedException)
            {
                // It is counted.
            }

            if (Interlocked.Increment(ref _written) == sessions)
            {
                _done.SetResult();
            }
        }
    }

    private async Task<DateTimeOffset> CountAsync(string what, SessionAppend append)
    {
        var result = "accepted";
        try
        {
            return await base.AppendAsync(append);
        }
        catch (Exception e)
        {
            result = e.GetType().Name;
            throw;
        }
        finally
        {
            _results.AddOrUpdate($"{what}: {result}", 1, static (_, n) => n + 1);
        }
    }
}
