using System.Data.Common;
using System.Diagnostics;

namespace AgentFlow.Crash;

/// <summary>Kills the process, as an operator or a power cut would, before or after one of its writes.</summary>
public sealed class KillingStore(ISessionStore inner, int killAt, bool after) : ForwardingStore(inner)
{
    private int _writes;

    public int Writes => Volatile.Read(ref _writes);

    public override ValueTask<SessionClaim> CreateAsync(SessionInfo session, IReadOnlyList<JournalRecord> records, string owner, TimeSpan lease, CancellationToken cancellationToken = default) =>
        WriteAsync(() => base.CreateAsync(session, records, owner, lease, cancellationToken));

    public override ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default) => WriteAsync(() => base.ClaimAsync(id, owner, lease, cancellationToken));

    public override ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) => WriteAsync(() => base.AppendAsync(append, cancellationToken));

    /// <summary>Two writes: the body's, and the whole. A process may die when the body has written, and nothing is committed.</summary>
    public override ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default) =>
        WriteAsync(() => base.ExecuteAsync(claim, (transaction, stop) => WriteAsync(() => body(transaction, stop)), cancellationToken));

    public override ValueTask<bool> SignalAsync(SignalRecord signal, CancellationToken cancellationToken = default) => WriteAsync(() => base.SignalAsync(signal, cancellationToken));

    private async ValueTask<T> WriteAsync<T>(Func<ValueTask<T>> write)
    {
        var isLast = Interlocked.Increment(ref _writes) == killAt;
        if (isLast && !after)
        {
            Kill();
        }

        var result = await write().ConfigureAwait(false);
        if (isLast)
        {
            Kill();
        }

        return result;
    }

    private static void Kill()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
