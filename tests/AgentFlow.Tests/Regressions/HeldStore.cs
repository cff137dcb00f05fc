using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>A store that answers late: a chosen write is made, and its writer learns of it only when it is released. Leases cannot be renewed meanwhile.</summary>
internal sealed class HeldStore(ISessionStore inner) : ForwardingStore(inner)
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked;

    /// <summary>Which write is held; the first that fits.</summary>
    public Func<SessionAppend, bool> Holds { get; set; } = static _ => false;

    /// <summary>How often the store was asked what is due.</summary>
    public int Polls => Volatile.Read(ref _asked);

    /// <summary>Completes when the write is made and held.</summary>
    public Task Held => _held.Task;

    public void Release() => _released.TrySetResult();

    public override ValueTask<IReadOnlyList<SessionInfo>> ListDueAsync(IReadOnlyCollection<string> agents, int limit, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _asked);
        return base.ListDueAsync(agents, limit, cancellationToken);
    }

    public override async ValueTask RenewAsync(SessionClaim claim, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        if (_held.Task.IsCompleted)
        {
            await _released.Task;
        }

        await base.RenewAsync(claim, lease, cancellationToken);
    }

    public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
    {
        var holds = !_held.Task.IsCompleted && Holds(append);
        var time = await base.AppendAsync(append, cancellationToken);
        if (holds)
        {
            _held.TrySetResult();
            await _released.Task;
        }

        return time;
    }
}

/// <summary>A store whose answer to the first creation or claim comes late.</summary>
internal sealed class SlowlyGrantingStore(ISessionStore inner) : ForwardingStore(inner)
{
    private int _calls;

    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        var claim = await base.CreateAsync(session, records, owner, lease, cancellationToken);
        if (Interlocked.Increment(ref _calls) == 1)
        {
            Asked.TrySetResult();
            await Granted.Task;
        }

        return claim;
    }
}
