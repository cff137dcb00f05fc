namespace AgentFlow.Tests;

public class PolicyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task Retries_wait_on_the_runs_clock_and_back_off()
    {
        var clock = new ManualTimeProvider();
        var agent = new Flaky(failures: 3);
        var run = agent.RunAsync(new RunOptions { TimeProvider = clock }, Token).AsTask();
        foreach (var delay in new[] { 1, 2, 4 })
        {
            await clock.WhenArmed();
            clock.Advance(TimeSpan.FromSeconds(delay) - TimeSpan.FromMilliseconds(1));
            Assert.False(run.IsCompleted);
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(4, await run);
    }

    [Xunit.Fact]
    public async Task The_last_attempt_is_named()
    {
        var clock = new ManualTimeProvider();
        var run = new Flaky(failures: 99).RunAsync(new RunOptions { TimeProvider = clock }, Token).AsTask();
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, clock.WhenArmed());
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await run);
        Assert.Equal(4, failure.Attempt);
        Assert.IsType<IOException>(failure.InnerException);
    }

    [Xunit.Fact]
    public async Task What_is_not_transient_is_not_retried()
    {
        var agent = new NotTransient();
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await agent.RunAsync(Token));
        Assert.Equal(1, failure.Attempt);
    }

    [Xunit.Fact]
    public async Task Named_exceptions_are_retried() => Assert.Equal(3, await new RetriesFormat().RunAsync(Token));

    [Xunit.Theory]
    [InlineData(BackoffKind.Constant, 3, 2.0)]
    [InlineData(BackoffKind.Linear, 3, 6.0)]
    [InlineData(BackoffKind.Exponential, 3, 8.0)]
    [InlineData(BackoffKind.Exponential, 60, 30.0)]
    public void Backoff_grows_and_is_bounded(BackoffKind kind, int attempt, double seconds)
    {
        var policy = new CompilerServices.RetryPolicy { Attempts = 100, Delay = TimeSpan.FromSeconds(2), Backoff = kind, MaxDelay = TimeSpan.FromSeconds(30) };
        Assert.Equal(seconds, policy.DelayAfter(attempt, 0.3).TotalSeconds);
    }

    [Xunit.Fact]
    public void Jitter_takes_from_the_upper_half()
    {
        var policy = new CompilerServices.RetryPolicy { Attempts = 2, Delay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromSeconds(30), Jitter = true };
        Assert.Equal(1, policy.DelayAfter(1, 0).TotalSeconds);
        Assert.Equal(1.5, policy.DelayAfter(1, 0.5).TotalSeconds);
    }

    [Xunit.Fact]
    public async Task An_attempt_that_runs_out_of_time_fails_with_TimeoutException()
    {
        var clock = new ManualTimeProvider();
        var run = new Slow().RunAsync(new RunOptions { TimeProvider = clock }, Token).AsTask();
        await clock.WhenArmed();
        clock.Advance(TimeSpan.FromSeconds(5));
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await run);
        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    [Xunit.Fact]
    public async Task A_heartbeat_restarts_the_time_of_silence()
    {
        var clock = new ManualTimeProvider();
        var agent = new Beating();
        var run = agent.RunAsync(new RunOptions { TimeProvider = clock }, Token).AsTask();
        for (var i = 0; i < 5; i++)
        {
            await agent.Waiting.WaitAsync(Token);
            clock.Advance(TimeSpan.FromSeconds(4));
            Assert.False(run.IsCompleted);
            agent.Beat.Release();
        }

        await agent.Waiting.WaitAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(5));
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await run);
        Assert.Contains("sign of life", Assert.IsType<TimeoutException>(failure.InnerException).Message, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task The_whole_run_can_run_out_of_time()
    {
        var clock = new ManualTimeProvider();
        var agent = new SlowAgent();
        var run = agent.RunAsync(new RunOptions { TimeProvider = clock }, Token).AsTask();
        await clock.WhenArmed();
        clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<TimeoutException>(async () => await run);
        Assert.True(agent.Undone);
    }

    [Xunit.Fact]
    public async Task A_delay_waits_on_the_runs_clock()
    {
        var clock = new ManualTimeProvider();
        var run = new Delayed().RunAsync(new RunOptions { TimeProvider = clock }, Token).AsTask();
        await clock.WhenArmed();
        Assert.False(run.IsCompleted);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await run);
    }

    [Xunit.Fact]
    public async Task A_fallback_stands_in_and_sees_the_failure() => Assert.Equal("instead of bad", await new WithFallback().RunAsync(Token));

    [Xunit.Fact]
    public async Task Conditions_that_do_not_hold_say_why()
    {
        var before = await Assert.ThrowsAsync<ActionFailedException>(async () => await new Guarded().RunAsync(-1, Token));
        Assert.Equal("IsPositive", Assert.IsType<ConditionViolatedException>(before.InnerException).Condition);

        var after = await Assert.ThrowsAsync<ActionFailedException>(async () => await new BadPostcondition().RunAsync(Token));
        Assert.Contains("it is odd", after.Message, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Equal_inputs_reuse_an_output_for_as_long_as_it_lives()
    {
        var clock = new ManualTimeProvider();
        var options = new RunOptions { TimeProvider = clock };
        var agent = new Cached();
        Assert.Equal(1, await agent.RunAsync("a", 1, options, Token));
        Assert.Equal(1, await agent.RunAsync("a", 1, options, Token));
        Assert.Equal(2, await agent.RunAsync("a", 2, options, Token));
        Assert.Equal(1, await new Cached().RunAsync("a", 1, options, Token));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, await agent.RunAsync("a", 1, options, Token));
    }

    [Xunit.Fact]
    public async Task The_cache_forgets_the_oldest()
    {
        var agent = new Cached();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(i + 1, await agent.RunAsync("a", i, Token));
        }

        Assert.Equal(5, await agent.RunAsync("a", 4, Token));
        Assert.Equal(6, await agent.RunAsync("a", 0, Token));
    }

    [Xunit.Theory]
    [InlineData(12)]
    [InlineData(0)]
    public async Task For_each_keeps_order_and_bound(int count)
    {
        var agent = new Squares();
        IEnumerable<int> squares = await agent.RunAsync(count, Token);
        Assert.Equal(Enumerable.Range(0, count).Select(i => i * i), squares);
        Assert.InRange(agent.Most, 0, 3);
    }

    [Xunit.Fact]
    public async Task For_each_stops_at_the_first_result_that_satisfies()
    {
        var agent = new FirstBig();
        var results = await agent.RunAsync(Token);
        Assert.Equal(30, results[^1]);
        Assert.InRange(agent.Taken, 3, 6);
    }

    [Xunit.Fact]
    public async Task For_each_can_leave_failed_elements_out()
    {
        Assert.Equal("0 2 4", string.Join(' ', await new EvenOnly().RunAsync(6, Token)));
        await Assert.ThrowsAsync<ActionFailedException>(async () => await new EvenOnly().RunAsync(-1, Token));
    }

    [Xunit.Fact]
    public async Task For_each_fails_with_its_first_failure_and_cancels_the_rest()
    {
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await new AllOrNothing().RunAsync(Token));
        Assert.Equal("element 2", failure.InnerException!.Message);
    }

    [Xunit.Fact]
    public async Task A_sequence_is_collected_for_its_consumers() => Assert.Equal("a b c", await new Streams().RunAsync(Token));

    [Xunit.Fact]
    public async Task Services_come_from_the_runs_provider()
    {
        var services = new Services();
        Assert.Equal("clock: none", await new UsesServices().RunAsync(new RunOptions { Services = services }, Token));
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () => await new UsesServices().RunAsync(Token));
        Assert.Contains("RunOptions.Services", failure.Message, StringComparison.Ordinal);
    }

    [Xunit.Fact]
    public async Task Budgets_stop_the_run()
    {
        var tokens = await Assert.ThrowsAsync<BudgetExceededException>(async () => await new Spender().RunAsync(200, 0, Token));
        Assert.Equal(("Tokens", 100.0, 200.0), (tokens.Resource, tokens.Limit, tokens.Spent));
        var cost = await Assert.ThrowsAsync<BudgetExceededException>(async () => await new Spender().RunAsync(10, 3, Token));
        Assert.Equal("Cost", cost.Resource);
        Assert.Equal(10, await new Spender().RunAsync(10, 1, Token));
    }

    [Xunit.Fact]
    public async Task Elements_count_against_the_budget_of_actions()
    {
        Assert.Equal(4, (await new BudgetedEach().RunAsync(4, Token)).Length);
        var exceeded = await Assert.ThrowsAsync<BudgetExceededException>(async () => await new BudgetedEach().RunAsync(40, Token));
        Assert.Equal("Actions", exceeded.Resource);
    }

    [Xunit.Fact]
    public async Task The_context_tells_where_it_is_and_ends_with_its_action()
    {
        var agent = new Contextual();
        Assert.Equal("Contextual.Tell 1 1", await agent.RunAsync(Token));
        Assert.EndsWith("/1/Tell/0", agent.Key, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => agent.Kept.Heartbeat());
        Assert.Throws<InvalidOperationException>(() => default(ActionContext).Heartbeat());
    }

    [Xunit.Theory]
    [InlineData(typeof(TimeoutException), true)]
    [InlineData(typeof(IOException), true)]
    [InlineData(typeof(FileNotFoundException), false)]
    [InlineData(typeof(FormatException), false)]
    [InlineData(typeof(OperationCanceledException), false)]
    public void Transient_errors_are_told_apart(Type type, bool transient) =>
        Assert.Equal(transient, TransientErrors.IsTransient((Exception)Activator.CreateInstance(type)!));

    [Xunit.Theory]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(404, false)]
    public void Http_errors_are_judged_by_their_status(int status, bool transient) =>
        Assert.Equal(transient, TransientErrors.IsTransient(new HttpRequestException("x", null, (System.Net.HttpStatusCode)status)));

    private sealed class Services : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IClockName) ? new ClockName() : null;
    }

    private sealed class ClockName : IClockName
    {
        public string Name => "clock";
    }
}

[Agent]
public sealed partial class Flaky(int failures)
{
    private int _attempts;

    [Action, Retry(4, Jitter = false)]
    private Task<int> Work() => Interlocked.Increment(ref _attempts) <= failures ? throw new IOException("again") : Task.FromResult(_attempts);
}

[Agent]
public sealed partial class NotTransient
{
    [Action, Retry(5)] private static int Work() => throw new FormatException("bad");
}

[Agent]
public sealed partial class RetriesFormat
{
    [Action, Retry(5, Delay = "00:00:00", On = [typeof(FormatException)])]
    private static int Work(ActionContext context) => context.Attempt < 3 ? throw new FormatException("bad") : context.Attempt;
}

[Agent]
public sealed partial class Slow
{
    [Action, Timeout("00:00:05")]
    private static async Task<int> Work(CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        return 1;
    }
}

[Agent]
public sealed partial class Beating
{
    public SemaphoreSlim Beat { get; } = new(0);

    public SemaphoreSlim Waiting { get; } = new(0);

    [Action, Timeout(Idle = "00:00:05")]
    private async Task<int> Work(ActionContext context, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            context.Heartbeat();
            Waiting.Release();
            await Beat.WaitAsync(ct);
        }
    }
}

[Agent, Timeout("00:01:00")]
public sealed partial class SlowAgent
{
    public bool Undone { get; private set; }

    [Action, Compensate(nameof(Undo))] private static int Quick() => 1;

    [Action]
    private static async Task<int> Work(int quick, CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        return quick;
    }

    private void Undo() => Undone = true;
}

[Agent]
public sealed partial class Delayed
{
    [Action, Delay("01:00:00")] private static int Work() => 1;
}

[Agent]
public sealed partial class WithFallback
{
    [Action, Fallback(nameof(Instead))] private static string Work() => throw new FormatException("bad");

    private static async Task<string> Instead(Exception failure)
    {
        await Task.Yield();
        return "instead of " + failure.Message;
    }
}

[Agent]
public sealed partial class BadPostcondition
{
    [Action, Ensures(nameof(IsEven))] private static int Work() => 3;

    private static string? IsEven(int work) => work % 2 == 0 ? null : "it is odd";
}

[Agent]
public sealed partial class Cached
{
    private int _calls;

    [Action, Cache("00:01:00", Capacity = 4)]
    private int Count([Input] string text, [Input] int number) => Interlocked.Increment(ref _calls);
}

[Agent]
public sealed partial class Squares
{
    private int _now;
    private int _most;

    public int Most => _most;

    [Action] private static int[] Numbers([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Numbers), MaxParallel = 3)]
    private async Task<int> Square([Item] int number)
    {
        var now = Interlocked.Increment(ref _now);
        InterlockedMax(ref _most, now);
        await Task.Yield();
        Interlocked.Decrement(ref _now);
        return number * number;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}

[Agent]
public sealed partial class FirstBig
{
    private int _taken;

    public int Taken => _taken;

    [Action]
    private IEnumerable<int> Numbers()
    {
        for (var i = 1; ; i++)
        {
            Interlocked.Increment(ref _taken);
            yield return i;
        }
    }

    private static bool IsBig(int result) => result >= 30;

    [Action, ForEach(nameof(Numbers), MaxParallel = 2, Until = nameof(IsBig))]
    private static int Tenfold([Item] int number) => number * 10;
}

[Agent]
public sealed partial class EvenOnly
{
    [Action] private static int[] Numbers([Input] int count) => count < 0 ? [1, 3] : [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Numbers), AllowPartialFailure = true)]
    private static int Check([Item] int number) => number % 2 == 0 ? number : throw new FormatException("odd");
}

[Agent]
public sealed partial class AllOrNothing
{
    [Action] private static int[] Numbers() => [0, 1, 2, 3, 4, 5, 6, 7];

    [Action, ForEach(nameof(Numbers), MaxParallel = 4)]
    private static async Task<int> Work([Item] int number, CancellationToken ct)
    {
        if (number == 2)
        {
            throw new FormatException("element 2");
        }

        await Task.Delay(Timeout.Infinite, ct);
        return number;
    }
}

[Agent]
public sealed partial class Streams
{
    [Action]
    private static async IAsyncEnumerable<string> Words()
    {
        foreach (var word in new[] { "a", "b", "c" })
        {
            await Task.Yield();
            yield return word;
        }
    }

    [Action] private static string Join(IReadOnlyList<string> words) => string.Join(' ', words);
}

public interface IClockName
{
    string Name { get; }
}

[Agent]
public sealed partial class UsesServices
{
    [Action] private static string Tell([Service] IClockName name, [Service] IDisposable? other) => $"{name.Name}: {(other is null ? "none" : "some")}";
}

[Agent(Name = "PolicySpender"), Budget(Tokens = 100, Cost = 2.5)]
public sealed partial class Spender
{
    [Action]
    private static int Ask(ActionContext context, [Input] int tokens, [Input] double cost)
    {
        context.ReportUsage(tokens, cost);
        return tokens;
    }

    [Action] private static int After(int ask) => ask;
}

[Agent, Budget(Actions = 10)]
public sealed partial class BudgetedEach
{
    [Action] private static int[] Numbers([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Numbers))] private static int Work([Item] int number) => number;
}

[Agent]
public sealed partial class Contextual
{
    public string? Key { get; private set; }

    public ActionContext Kept { get; private set; }

    [Action]
    private string Tell(ActionContext context)
    {
        Keep(context);
        return $"{context.Agent}.{context.Action} {context.Attempt} {context.Iteration}";
    }

    private void Keep(ActionContext context)
    {
        Kept = context;
        Key = context.IdempotencyKey;
    }
}
