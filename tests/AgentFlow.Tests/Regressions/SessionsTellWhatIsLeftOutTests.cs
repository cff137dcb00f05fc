namespace AgentFlow.Tests.Regressions;

/// <summary><c>Session.Events</c> did not tell of an action that was left out because what it needs is absent; <c>StreamAsync</c> did.</summary>
public sealed class SessionsTellWhatIsLeftOutTests
{
    private static readonly Dictionary<string, Func<Way, Task<string[]>>> s_agents = new()
    {
        ["chain"] = static way => way.OfAsync(new SkippedChain(), 1),
        ["merge"] = static way => way.OfAsync(new SkippedMerge(), 1),
        ["continue"] = static way => way.OfAsync(new BlockedChain(), 1),
        ["optional"] = static way => way.OfAsync(new OptionalChain(), 1),
        ["fail fast"] = static way => way.OfAsync(new FailingChain(), 1),
        ["race"] = static way => way.OfAsync(new LostRace(), 1),
        ["loop"] = static way => way.OfAsync(new SkippingLoop(), 1),
        ["forgotten"] = static way => way.OfAsync(new ForgottenChain(), 1),
    };

    public static TheoryData<string, int> Agents
    {
        get
        {
            var agents = new TheoryData<string, int>();
            foreach (var (name, count) in new[] { ("chain", 3), ("merge", 2), ("continue", 3), ("optional", 2), ("fail fast", 1), ("race", 2), ("loop", 2), ("forgotten", 2) })
            {
                agents.Add(name, count);
            }

            return agents;
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000), MemberData(nameof(Agents))]
    public async Task Both_tell_the_same(string agent, int skipped)
    {
        var streamed = await s_agents[agent](new Streamed());
        Assert.Equal(skipped, streamed.Count(static e => e.StartsWith("action_skipped", StringComparison.Ordinal)));
        Assert.Equal(streamed, await s_agents[agent](new Live()));
        Assert.Equal(streamed, await s_agents[agent](new Recorded()));
    }

    private static string[] Ordered(IEnumerable<AgentEvent> events) =>
    [
        .. events.Where(static e => e.Item is null && e.Kind is AgentEventKind.ActionCompleted or AgentEventKind.ActionFailed or AgentEventKind.ActionSkipped)
            .Select(static e => $"{e.Kind.ToWireName()} {e.Action} {e.Iteration}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>How the events of a run are seen.</summary>
    private abstract class Way
    {
        public abstract Task<string[]> OfAsync<TSelf>(IDurableAgent<TSelf, int, int> agent, int input)
            where TSelf : IDurableAgent<TSelf, int, int>;
    }

    private sealed class Streamed : Way
    {
        public override async Task<string[]> OfAsync<TSelf>(IDurableAgent<TSelf, int, int> agent, int input)
        {
            var events = new List<AgentEvent>();
            try
            {
                await foreach (var e in agent.StreamAsync(input, RunOptions.Default, Ct))
                {
                    events.Add(e);
                }
            }
            catch (ActionFailedException)
            {
                // That is told as well.
            }

            return Ordered(events);
        }
    }

    private sealed class Live : Way
    {
        public override async Task<string[]> OfAsync<TSelf>(IDurableAgent<TSelf, int, int> agent, int input)
        {
            await using var runtime = new AgentRuntime(new MemorySessionStore());
            var session = await runtime.StartAsync(agent, input, new() { Id = "s" }, Ct);
            return Ordered(await session.Events(Ct).ToListAsync(Ct));
        }
    }

    private sealed class Recorded : Way
    {
        public override async Task<string[]> OfAsync<TSelf>(IDurableAgent<TSelf, int, int> agent, int input)
        {
            await using var runtime = new AgentRuntime(new MemorySessionStore());
            var session = await runtime.StartAsync(agent, input, new() { Id = "s" }, Ct);
            await session.WaitAsync(Ct);
            return Ordered(await session.Events(Ct).ToListAsync(Ct));
        }
    }
}

[Agent]
public sealed partial class SkippedChain
{
    private static bool Never() => false;

    [Action, When(nameof(Never))]
    private static string First([Input] int seed) => $"{seed}";

    [Action]
    private static string Second(string first) => first;

    [Action]
    private static string Third(string second) => second;

    [Action, Result]
    private static int Tell([Input] int seed, [From(nameof(Third))] string? third) => third is null ? seed : 0;
}

[Agent]
public sealed partial class SkippedMerge
{
    private static bool Never() => false;

    [Action, When(nameof(Never))]
    private static string Left([Input] int seed) => $"{seed}";

    [Action]
    private static string Right([Input] int seed) => $"{seed}";

    [Action]
    private static string AfterLeft([From(nameof(Left))] string left) => left;

    [Action, Result]
    private static int Tell([From(nameof(AfterLeft), nameof(Right))] string either) => either.Length;
}

[Agent(OnFailure = FailurePolicy.Continue)]
public sealed partial class BlockedChain
{
    [Action]
    private static string First([Input] int seed) => throw new InvalidOperationException($"{seed}");

    [Action]
    private static string Second(string first) => first;

    [Action]
    private static string Third(string second) => second;

    [Action, DependsOn(nameof(Third))]
    private static void Last()
    {
    }

    [Action, Result]
    private static int Tell([Input] int seed) => seed;
}

[Agent]
public sealed partial class OptionalChain
{
    [Action, Optional]
    private static string First([Input] int seed) => throw new InvalidOperationException($"{seed}");

    [Action]
    private static string Second(string first) => first;

    [Action]
    private static string Third(string second) => second;

    [Action, Result]
    private static int Tell([Input] int seed, [From(nameof(Third))] string? third) => third is null ? seed : 0;
}

[Agent]
public sealed partial class FailingChain
{
    private static bool Never() => false;

    [Action, When(nameof(Never))]
    private static string First([Input] int seed) => $"{seed}";

    [Action, DependsOn(nameof(First))]
    private static string Fails([Input] int seed) => throw new InvalidOperationException($"{seed}");

    [Action, Result]
    private static int Tell(string fails) => fails.Length;
}

[Agent]
public sealed partial class LostRace
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Action]
    private async Task<string> Slow([Input] int seed, CancellationToken ct)
    {
        _begun.TrySetResult();
        await Task.Delay(Timeout.Infinite, ct);
        return $"{seed}";
    }

    [Action]
    private async Task<string> Fast([Input] int seed)
    {
        await _begun.Task;
        return $"{seed}";
    }

    [Action]
    private static void AfterSlow([From(nameof(Slow))] string slow) => _ = slow;

    [Action, Result]
    private static int Tell([From(nameof(Slow), nameof(Fast), Take = Take.First, CancelOthers = true)] string page) => page.Length;
}

[Agent(MaxIterations = 5)]
public sealed partial class SkippingLoop
{
    private static bool IsEven(ActionContext context) => context.Iteration % 2 == 0;

    [Action, When(nameof(IsEven))]
    private static string First([Input] int seed) => $"{seed}";

    [Action]
    private static string Second(string first) => first;

    [Action]
    private static int Count([Input] int seed, [From(nameof(Second))] string? second, ActionContext context) => second is null ? context.Iteration : context.Iteration * seed;

    [Action, Result]
    private static int Tell(int count) => count;

    [Until]
    private static bool IsDone(int count) => count >= 2;
}

[Agent]
public sealed partial class ForgottenChain
{
    private static bool Never() => false;

    [Action, When(nameof(Never))]
    private static string First([Input] int seed) => $"{seed}";

    [Action(Mode = ActionMode.FireAndForget)]
    private static void Note(string first) => _ = first;

    [Action, Result]
    private static int Tell([Input] int seed) => seed;
}
