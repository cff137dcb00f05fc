using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>Where code and documents differed, one of them was chosen; plain runs and sessions agree about it.</summary>
public sealed class PoliciesDoWhatTheDocumentsSayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task A_broken_precondition_runs_the_fallback_and_not_the_body(bool isSession)
    {
        var agent = new FallsBackUnasked();
        Assert.Equal("instead: ConditionViolatedException", await ResultAsync(agent, -1, isSession));
        Assert.Equal(0, agent.Bodies);
        Assert.Equal("done", await ResultAsync(agent, 1, isSession));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false, 0, 1)]
    [InlineData(false, 1, 3)]
    [InlineData(false, 2, 3)]
    [InlineData(true, 0, 1)]
    [InlineData(true, 1, 3)]
    [InlineData(true, 2, 3)]
    public async Task A_broken_postcondition_is_retried_if_On_names_it_or_nothing(bool isSession, int which, int attempts)
    {
        var agent = new BreaksItsPromise();
        var failure = await Assert.ThrowsAsync<ActionFailedException>(() => ResultAsync(agent, which, isSession));
        Assert.Contains("promise", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(attempts, agent.Attempts);
    }

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task The_final_failure_of_an_optional_action_is_told_as_a_failure(bool isSession)
    {
        var agent = new CanDoWithout();
        List<AgentEvent> events;
        if (isSession)
        {
            await using var store = new MemorySessionStore();
            await using var runtime = new AgentRuntime(store);
            var session = await runtime.StartAsync(agent, 1, cancellationToken: Ct);
            Assert.Equal("without", await session.Result.WaitAsync(Patience, Ct));
            events = await session.Events(Ct).ToListAsync(Ct);
            Assert.Equal("Nice", Assert.Single(await session.GetFailuresAsync(Ct)).Action);
        }
        else
        {
            events = await agent.StreamAsync(1, cancellationToken: Ct).ToListAsync(Ct);
            Assert.Contains(events, static e => e is { Kind: AgentEventKind.ActionSkipped, Action: "NeedsIt" });
        }

        Assert.Contains(events, static e => e is { Kind: AgentEventKind.ActionFailed, Action: "Nice" });
        Assert.DoesNotContain(events, static e => e is { Kind: AgentEventKind.ActionSkipped, Action: "Nice" });
    }

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task Conditions_are_asked_for_each_element(bool isSession)
    {
        var agent = new AsksForEach();
        Assert.Equal("2, 4", await ResultAsync(agent, 4, isSession));
        Assert.Equal(4, agent.Asked);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false, "ccc", "A", "A")]
    [InlineData(false, "scc", "B", "B")]
    [InlineData(false, "fcc", "B", "B")]
    [InlineData(false, "fsc", "C", "C")]
    [InlineData(false, "sfc", "C", "C")]
    [InlineData(false, "sss", "none", "skipped")]
    [InlineData(false, "ssf", "left out", "left out")]
    [InlineData(false, "fss", "left out", "left out")]
    [InlineData(false, "fff", "left out", "left out")]
    [InlineData(false, "oss", "none", "skipped")]
    [InlineData(false, "osf", "left out", "left out")]
    [InlineData(false, "bss", "left out", "left out")]
    [InlineData(true, "ccc", "A", "A")]
    [InlineData(true, "scc", "B", "B")]
    [InlineData(true, "fcc", "B", "B")]
    [InlineData(true, "fsc", "C", "C")]
    [InlineData(true, "sfc", "C", "C")]
    [InlineData(true, "sss", "none", "skipped")]
    [InlineData(true, "ssf", "left out", "left out")]
    [InlineData(true, "fss", "left out", "left out")]
    [InlineData(true, "fff", "left out", "left out")]
    [InlineData(true, "oss", "none", "skipped")]
    [InlineData(true, "osf", "left out", "left out")]
    [InlineData(true, "bss", "left out", "left out")]
    public async Task A_merge_of_failed_and_skipped_sources(bool isSession, string fates, string nullable, string required)
    {
        foreach (var isPending in new[] { false, true })
        {
            var agent = new MergesFates();
            Assert.Equal("end", await ResultAsync(agent, (fates, isPending), isSession));
            Assert.Equal((nullable, required), (agent.Nullable, agent.Required));
        }
    }

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task A_result_that_is_merged_from_failed_and_skipped_sources_fails_with_the_failures(bool isSession)
    {
        var failure = await Assert.ThrowsAsync<ActionFailedException>(() => ResultAsync(new MergesItsResult(), 1, isSession));
        Assert.Equal(["Failed"], failure.Failures.Select(static f => f.Action));
    }

    private static async Task<TResult> ResultAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, bool isSession)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        if (!isSession)
        {
            return await agent.RunAsync(input, RunOptions.Default, Ct).AsTask().WaitAsync(Patience, Ct);
        }

        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(agent, input, cancellationToken: Ct);
        return await session.Result.WaitAsync(Patience, Ct);
    }
}

[Agent]
public sealed partial class FallsBackUnasked
{
    private int _bodies;

    internal int Bodies => Volatile.Read(ref _bodies);

    private static string? IsPositive([Input] int number) => number > 0 ? null : "it is not positive";

    private static string Instead(Exception failure) => $"instead: {failure.GetType().Name}";

    [Action, Requires(nameof(IsPositive)), Fallback(nameof(Instead))]
    private string Work()
    {
        Interlocked.Increment(ref _bodies);
        return "done";
    }
}

[Agent]
public sealed partial class BreaksItsPromise
{
    private int _attempts;

    internal int Attempts => Volatile.Read(ref _attempts);

    private static string? Never(int value) => value < 0 ? null : "the promise is broken";

    private static bool IsOmitted([Input] int which) => which == 0;

    private static bool IsNamed([Input] int which) => which == 1;

    private static bool IsDefault([Input] int which) => which == 2;

    [Action, When(nameof(IsOmitted)), Ensures(nameof(Never)), Retry(3, Delay = "00:00:00", On = [typeof(IOException)])]
    private int Omitted() => Interlocked.Increment(ref _attempts);

    [Action, When(nameof(IsNamed)), Ensures(nameof(Never)), Retry(3, Delay = "00:00:00", On = [typeof(ConditionViolatedException)])]
    private int Named() => Interlocked.Increment(ref _attempts);

    [Action, When(nameof(IsDefault)), Ensures(nameof(Never)), Retry(3, Delay = "00:00:00")]
    private int Default() => Interlocked.Increment(ref _attempts);

    [Action, Result]
    private static int Sum([From(nameof(Omitted))] int? omitted, [From(nameof(Named))] int? named, [From(nameof(Default))] int? standard) => (omitted ?? 0) + (named ?? 0) + (standard ?? 0);
}

[Agent]
public sealed partial class CanDoWithout
{
    [Action, Optional]
    private static string Nice([Input] int of) => of > 0 ? throw new FormatException("It is broken.") : "nice";

    [Action]
    private static string NeedsIt([From(nameof(Nice))] string nice) => nice;

    [Action, Result]
    private static string Answer([From(nameof(Nice))] string? nice, [From(nameof(NeedsIt))] string? needsIt) => nice ?? needsIt ?? "without";
}

[Agent]
public sealed partial class AsksForEach
{
    private int _asked;

    internal int Asked => Volatile.Read(ref _asked);

    private bool IsEven([Item] int number)
    {
        Interlocked.Increment(ref _asked);
        return number % 2 == 0;
    }

    [Action]
    private static int[] Numbers([Input] int to) => [.. Enumerable.Range(1, to)];

    [Action, ForEach(nameof(Numbers), AllowPartialFailure = true), Requires(nameof(IsEven))]
    private static int Each([Item] int number) => number;

    [Action, Result]
    private static string Tell([From(nameof(Each))] int[] each) => string.Join(", ", each);
}

/// <summary>What becomes of its sources: c completes, s is skipped, f fails, b is left out because of a failure, o is optional and fails.</summary>
[Agent(OnFailure = FailurePolicy.Continue)]
public sealed partial class MergesFates
{
    private readonly ConcurrentDictionary<string, string> _seen = new(StringComparer.Ordinal);

    internal string Nullable => _seen.GetValueOrDefault("nullable", "left out");

    internal string Required => _seen.GetValueOrDefault("required", "left out");

    private static bool HasA([Input] string fates) => fates[0] is not ('s' or 'o');

    private static bool HasB([Input] string fates) => fates[1] != 's';

    private static bool HasC([Input] string fates) => fates[2] != 's';

    private static bool HasD([Input] string fates) => fates[0] == 'o';

    [Action]
    private static int Before([Input] string fates) => fates[0] == 'b' ? throw new FormatException("before") : 1;

    [Action, When(nameof(HasA))]
    private static Task<string> A([Input] string fates, [Input] bool isPending, [From(nameof(Before))] int before) => EndAsync(fates[0], isPending, before > 0 ? "A" : "");

    [Action, When(nameof(HasB))]
    private static Task<string> B([Input] string fates, [Input] bool isPending) => EndAsync(fates[1], isPending, "B");

    [Action, When(nameof(HasC))]
    private static Task<string> C([Input] string fates, [Input] bool isPending) => EndAsync(fates[2], isPending, "C");

    [Action, When(nameof(HasD)), Optional]
    private static Task<string> D([Input] bool isPending) => EndAsync('f', isPending, "D");

    [Action]
    private void TakeNullable([From(nameof(A), nameof(B), nameof(C), nameof(D))] string? value) => _seen["nullable"] = value ?? "none";

    [Action]
    private void TakeRequired([From(nameof(A), nameof(B), nameof(C), nameof(D))] string value) => _seen["required"] = value;

    [Action, DependsOn(nameof(TakeRequired))]
    private void AfterRequired() => _seen.TryAdd("required", "skipped");

    [Action, Result]
    private static string End() => "end";

    private static async Task<string> EndAsync(char fate, bool isPending, string value)
    {
        if (isPending)
        {
            await Task.Yield();
        }

        return fate == 'c' ? value : throw new FormatException(value);
    }
}

[Agent(OnFailure = FailurePolicy.Continue)]
public sealed partial class MergesItsResult
{
    private static bool IsNegative([Input] int number) => number < 0;

    [Action, When(nameof(IsNegative))]
    private static string Skipped() => "skipped";

    [Action]
    private static string Failed([Input] int number) => number > 0 ? throw new FormatException() : "failed";

    [Action, Result]
    private static string Answer([From(nameof(Skipped), nameof(Failed))] string? value) => value ?? "none";
}
