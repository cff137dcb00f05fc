using static AgentFlow.Testing.Expect;

namespace AgentFlow.Testing;

/// <content>How many signals wait.</content>
public static partial class SessionStoreConformance
{
    private static async Task Signals_are_bounded_in_number(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.CreateAsync("b").ConfigureAwait(false);
        var limit = c.Harness.SignalLimits.MaxPending;
        for (var i = 0; i < limit; i++)
        {
            True(await c.Store.SignalAsync(Signal("a") with { Key = i % 2 == 0 ? $"k{i}" : null }).ConfigureAwait(false), "a signal is taken while few wait");
        }

        await ThrowsAsync<TooManySignalsException>(() => c.Store.SignalAsync(Signal("a")).AsTask(), "a signal too many").ConfigureAwait(false);
        await ThrowsAsync<TooManySignalsException>(() => c.Store.SignalAsync(Signal("a") with { Key = "new" }).AsTask(), "one with a key").ConfigureAwait(false);
        True(!await c.Store.SignalAsync(Signal("a") with { Key = "k0" }).ConfigureAwait(false), "one that has come before is not new, whatever waits");
        Equal(limit, (await c.Store.ReadSignalsAsync("a").ConfigureAwait(false)).Count, "how many wait");
        True(await c.Store.SignalAsync(Signal("b")).ConfigureAwait(false), "another session has its own");

        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A")], Consumed = [1] }).ConfigureAwait(false);
        True(await c.Store.SignalAsync(Signal("a") with { Key = "new" }).ConfigureAwait(false), "what was taken makes room");
        await ThrowsAsync<TooManySignalsException>(() => c.Store.SignalAsync(Signal("a")).AsTask(), "a signal too many after that").ConfigureAwait(false);
    }

    private static async Task A_signal_is_taken_once(Case c)
    {
        var claim = await c.CreateAsync("a").ConfigureAwait(false);
        await c.Store.SignalAsync(Signal("a")).ConfigureAwait(false);
        await c.Store.SignalAsync(Signal("a") with { Sender = "s", Key = "k" }).ConfigureAwait(false);
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [Outcome("A")], Consumed = [1, 2] }).ConfigureAwait(false);
        foreach (var number in new long[] { 1, 2, 3 })
        {
            var again = new SessionAppend { Claim = claim, After = 2, Records = [Outcome("B")], Consumed = [number], SignalsSeen = 2 };
            await ThrowsAsync<FencedException>(() => c.Store.AppendAsync(again).AsTask(), $"taking {number}, which does not wait").ConfigureAwait(false);
        }

        Equal(2L, (await c.FindAsync("a").ConfigureAwait(false)).Sequence, "records after what was refused");
        await c.Store.AppendAsync(new SessionAppend { Claim = claim, After = 2, Records = [Outcome("B")] }).ConfigureAwait(false);
    }

    private static async Task Signals_are_bounded_in_size(Case c)
    {
        await c.CreateAsync("a").ConfigureAwait(false);
        var limit = c.Harness.SignalLimits.MaxBytes;
        var signal = Signal("a") with { Payload = new byte[limit - (2 * "Approve".Length)] };
        True(await c.Store.SignalAsync(signal).ConfigureAwait(false), "one that is as large as may be");
        await ThrowsAsync<PayloadTooLargeException>(() => c.Store.SignalAsync(signal with { Sender = "s" }).AsTask(), "one that is larger").ConfigureAwait(false);
        Equal(1, (await c.Store.ReadSignalsAsync("a").ConfigureAwait(false)).Count, "how many wait");
    }
}
