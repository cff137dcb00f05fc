using System.Data.Common;

namespace AgentFlow.Crash.Fuzz;

/// <summary>A store whose writes are slow, hang past the lease and then succeed, or are told as failed and are committed all the same.</summary>
public sealed class LateStore(ISessionStore inner, TimeSpan lease, int seed) : ForwardingStore(inner)
{
    private readonly Random _random = new(seed);

    public override ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default) =>
        LateAsync(() => base.AppendAsync(append, CancellationToken.None));

    public override ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default) =>
        LateAsync(() => base.ExecuteAsync(claim, body, CancellationToken.None));

    private async ValueTask<DateTimeOffset> LateAsync(Func<ValueTask<DateTimeOffset>> write)
    {
        int chance;
        lock (_random)
        {
            chance = _random.Next(200);
        }

        if (chance == 0)
        {
            await Task.Delay(lease * 1.3).ConfigureAwait(false);
        }
        else if (chance < 20)
        {
            await Task.Delay(chance).ConfigureAwait(false);
        }

        var time = await write().ConfigureAwait(false);
        if (chance == 1)
        {
            await Task.Delay(lease * 1.3).ConfigureAwait(false);
        }

        return chance == 2 ? throw new IOException("The answer to a write was lost.") : time;
    }
}
