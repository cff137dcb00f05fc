namespace AgentFlow.Tests.Regressions;

/// <summary>
/// When something was undone in an early iteration of a loop, redriving did the later ones anew, and gave their actions new children: what happens at most once in
/// these happened again. Only what the session itself does was looked at.
/// </summary>
public sealed class RedrivenLoopsRepeatedWhatChildrenHadDoneTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("redrive")]
    [InlineData("rerun")]
    [InlineData("fork")]
    public async Task It_is_refused(string how)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var done = new RoundsDone { Fails = true };
        var session = await runtime.StartAsync(new Rounds(done), "x", new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result);
        Assert.Equal((2, 2), (done.Paid, done.Undone));

        done.Fails = false;
        var info = await session.GetInfoAsync(Ct);
        var refused = await Assert.ThrowsAsync<InvalidSessionTransitionException>(async () => await (how switch
        {
            "redrive" => runtime.RedriveAsync(new Rounds(done), "s", Ct),
            "rerun" => runtime.RerunAsync(new Rounds(done), "s", ["Close"], Ct),
            _ => runtime.ForkAsync(new Rounds(done), "s", new() { Sequence = info.Sequence }, Ct),
        }));
        Assert.Contains("'Pay', which happens at most once, was begun", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, done.Paid);
        Assert.Equal(info.Sequence, (await session.GetInfoAsync(Ct)).Sequence);
    }

    [Fact]
    public async Task Without_it_the_loop_is_done_again()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var done = new RoundsDone { Fails = true };
        var session = await runtime.StartAsync(new HarmlessRounds(done), "x", new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result);
        done.Fails = false;
        Assert.Equal("closed", await (await runtime.RedriveAsync(new HarmlessRounds(done), "s", Ct)).Result);
        Assert.Equal(3, done.Counted);
    }
}

/// <summary>What has happened.</summary>
public sealed class RoundsDone
{
    private int _paid;
    private int _counted;
    private int _undone;

    public bool Fails { get; set; }

    public int Paid => Volatile.Read(ref _paid);

    public int Counted => Volatile.Read(ref _counted);

    public int Undone => Volatile.Read(ref _undone);

    public int Pay() => Interlocked.Increment(ref _paid);

    public int Count() => Interlocked.Increment(ref _counted);

    public void Undo() => Interlocked.Increment(ref _undone);

    public string Close(int round) => round < 2 ? "open" : Fails ? throw new InvalidOperationException("no") : "closed";
}

[Agent]
public sealed partial class PaysOnce(RoundsDone done)
{
    [Action(Effect = Effect.AtMostOnce)]
    private int Pay([Input] int round) => done.Pay() * round;
}

[Agent]
public sealed partial class CountsUp(RoundsDone done)
{
    [Action]
    private int Count([Input] int round) => done.Count() * round;
}

[Agent(MaxIterations = 5)]
public sealed partial class Rounds(RoundsDone done)
{
    [Action, Compensate(nameof(Undo))]
    private static int Open([Input] string text, [Previous(nameof(Open))] int? round) => (round ?? 0) + 1;

    private void Undo() => done.Undo();

    [Action]
    private async Task<int> Run([From(nameof(Open))] int round, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new PaysOnce(done), round, ct);

    [Action, Result]
    private string Close([From(nameof(Open))] int round, [From(nameof(Run))] int run) => done.Close(round);

    [Until]
    private static bool IsClosed([From(nameof(Close))] string close) => close == "closed";
}

[Agent(MaxIterations = 5)]
public sealed partial class HarmlessRounds(RoundsDone done)
{
    [Action, Compensate(nameof(Undo))]
    private static int Open([Input] string text, [Previous(nameof(Open))] int? round) => (round ?? 0) + 1;

    private void Undo() => done.Undo();

    [Action]
    private async Task<int> Run([From(nameof(Open))] int round, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new CountsUp(done), round, ct);

    [Action, Result]
    private string Close([From(nameof(Open))] int round, [From(nameof(Run))] int run) => done.Close(round);

    [Until]
    private static bool IsClosed([From(nameof(Close))] string close) => close == "closed";
}
