using AgentFlow.Crash;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>A store whose process dies before or after one of its writes: nothing is written from then on.</summary>
internal sealed class DyingStore(ISessionStore inner, int dieAt, bool after) : ForwardingStore(inner)
{
    private int _writes;

    public bool IsDead => Volatile.Read(ref _writes) >= dieAt;

    public override ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
        WriteAsync(() => base.CreateAsync(session, records, owner, lease, cancellationToken));

    public override ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => WriteAsync(() => base.ClaimAsync(id, owner, lease, cancellationToken));

    public override ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => WriteAsync(() => base.AppendAsync(append, cancellationToken));

    public override ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => WriteAsync(() => base.SignalAsync(signal, cancellationToken));

    private async ValueTask<T> WriteAsync<T>(Func<ValueTask<T>> write)
    {
        var number = Interlocked.Increment(ref _writes);
        if (number < dieAt)
        {
            return await write();
        }

        if (number == dieAt && after)
        {
            await write();
        }

        throw new IOException("The process is dead.");
    }
}
