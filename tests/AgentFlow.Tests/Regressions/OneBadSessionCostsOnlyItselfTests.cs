namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A session that could not be read starved all others of its worker: the loop started over at the same one. One that stayed due made the loop ask the
/// store hundreds of times a second.
/// </summary>
public sealed class OneBadSessionCostsOnlyItselfTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task An_exception_of_a_users_setter_puts_off_its_session_and_no_other()
    {
        await using var store = new HeldStore(new MemorySessionStore());
        var agent = new PickyReader();
        await using (var runtime = new AgentRuntime(store))
        {
            foreach (var (id, text) in ((string, string)[])[("bad", "poison"), ("good-1", "fine"), ("good-2", "fine")])
            {
                var session = await runtime.StartAsync(agent, text, new() { Id = id }, Ct);
                await session.WaitAsync(Ct);
            }
        }

        Picky.Refuses = true;
        try
        {
            await using (var elsewhere = new AgentRuntime(store))
            {
                // Nothing is registered here, so the signals only come to the store.
                foreach (var id in (string[])["bad", "good-1", "good-2"])
                {
                    await elsewhere.SignalAsync(id, "Go", System.Text.Json.JsonSerializer.SerializeToElement(true), cancellationToken: Ct);
                }
            }

            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(50) });
            runtime.Register(agent);
            foreach (var id in (string[])["good-1", "good-2"])
            {
                var session = await runtime.FindAsync(agent, id, Ct);
                Assert.Equal("fine", await session!.Result.WaitAsync(Patience, Ct));
            }

            // The bad one stays due. The loop must not ask for it over and over.
            var before = store.Polls;
            await Task.Delay(TimeSpan.FromSeconds(1), Ct);
            Assert.InRange(store.Polls - before, 0, 40);
        }
        finally
        {
            Picky.Refuses = false;
        }
    }
}

/// <summary>A value whose reading throws what nobody expects.</summary>
public sealed class Picky
{
    internal static bool Refuses { get; set; }

    public string Text
    {
        get;
        set => field = Refuses && value == "poison" ? throw new NotImplementedException("not this one") : value;
    } = "";
}

[Agent]
public sealed partial class PickyReader
{
    [Action]
    private static Picky Write([Input] string text) => new() { Text = text };

    [Signal]
    private partial Task<bool> Go(Picky write);

    [Action]
    private static string Read(Picky write, bool go) => write.Text;
}
