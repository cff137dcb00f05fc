using System.Collections.Concurrent;
using System.Globalization;

namespace AgentFlow.Tests.Regressions;

/// <summary>Woken sessions ran under the async-locals (tenant, culture) of the caller who had used the runtime first.</summary>
public sealed class SessionsSeeNobodysContextTests
{
    internal static AsyncLocal<string?> Tenant { get; } = new();

    internal static CultureInfo Marked { get; } = (CultureInfo)CultureInfo.InvariantCulture.Clone();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_session_sees_an_empty_context_whoever_starts_wakes_or_times_it()
    {
        var agent = new ContextReader();
        await using var store = new MemorySessionStore();
        Tenant.Value = "first";
        CultureInfo.CurrentCulture = Marked;
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        var session = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        await session.WaitAsync(Ct);
        Tenant.Value = "second";
        await session.AnswerAsync("yes", cancellationToken: Ct);
        await session.Result.WaitAsync(Patience, Ct);

        Assert.Equal(["First: ", "AfterSignal: ", "AfterTime: "], agent.Seen);
        Assert.Equal("second", Tenant.Value);
    }

    [Fact(Timeout = 300_000)]
    public async Task Compensation_after_a_timeout_runs_in_the_context_of_its_own_run()
    {
        // The run is pooled with its timer, which the first caller has created.
        foreach (var tenant in (string[])["first", "second", "third"])
        {
            var agent = new TimedBooking();
            Tenant.Value = tenant;
            await Assert.ThrowsAsync<TimeoutException>(() => agent.RunAsync(Ct).AsTask());
            Assert.Equal($"undone for {tenant}", agent.Undone);
        }
    }

    [Fact]
    public async Task What_an_action_sets_on_the_callers_thread_stays_the_actions()
    {
        Tenant.Value = "caller";
        var task = new ContextSetter().RunAsync(1, Ct);
        Assert.Equal("caller", Tenant.Value);
        await task;
        Assert.Equal("caller", Tenant.Value);
    }
}

[Agent]
public sealed partial class ContextReader
{
    internal ConcurrentQueue<string> Seen { get; } = [];

    [Action]
    private int First([Input] int start) => See(nameof(First), start);

    [Signal]
    private partial Task<string> Answer(int first);

    [Action]
    private int AfterSignal(string answer, int first) => See(nameof(AfterSignal), first);

    [Action, Delay("00:00:00.020")]
    private async Task<int> AfterTime([From(nameof(AfterSignal))] int before)
    {
        await Task.Yield();
        return See(nameof(AfterTime), before);
    }

    private int See(string action, int value)
    {
        Seen.Enqueue($"{action}: {SessionsSeeNobodysContextTests.Tenant.Value}{(ReferenceEquals(CultureInfo.CurrentCulture, SessionsSeeNobodysContextTests.Marked) ? " culture" : "")}");
        return value + 1;
    }
}

[Agent, Timeout("00:00:00.020")]
public sealed partial class TimedBooking
{
    internal string? Undone { get; private set; }

    [Action, Compensate(nameof(Cancel))]
    private static string Book() => "seat";

    [Action]
    private static async Task<string> Wait(string book, CancellationToken ct)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        return book;
    }

#pragma warning disable AF0204 // What the test looks at.
    private void Cancel(string book) => Undone = $"undone for {SessionsSeeNobodysContextTests.Tenant.Value}";
#pragma warning restore AF0204
}

[Agent]
public sealed partial class ContextSetter
{
    [Action]
    private static int Set([Input] int start)
    {
        SessionsSeeNobodysContextTests.Tenant.Value = "action";
        return start;
    }

    [Action]
    private static int Then([From(nameof(Set))] int set) => set;
}
