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
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> _results = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _arrived = [];
    private int _toCome;
    private bool _isReleased;

    /// <summary>Completes when a write of every session is held back; on a slow machine, which may lose a session to itself, several of one.</summary>
    public Task Held => _held.Task;

    /// <summary>Makes what was held back.</summary>
    /// <returns>What has come of the writes, and of those of how many sessions.</returns>
    public async Task<IReadOnlyDictionary<string, int>> ReleaseAsync()
    {
        lock (_gate)
        {
            _isReleased = true;
        }

        _released.SetResult();
        await _done.Task;
        return _results.ToDictionary(static result => result.Key, static result => result.Value.Count);
    }

    public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        if (!append.Records.Any(r => r.Action == action))
        {
            return await base.AppendAsync(append, cancellationToken);
        }

        lock (_gate)
        {
            _toCome++;
            if (_arrived.Add(append.Claim.Id) && _arrived.Count == sessions)
            {
                _held.SetResult();
            }
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

            lock (_gate)
            {
                if (--_toCome == 0 && _isReleased)
                {
                    _done.TrySetResult();
                }
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
            _results.GetOrAdd($"{what}: {result}", static _ => new())[append.Claim.Id] = true;
        }
    }
}
