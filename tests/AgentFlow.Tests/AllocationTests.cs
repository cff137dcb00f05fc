namespace AgentFlow.Tests;

/// <summary>
/// The engine allocates nothing in steady state; the bodies below allocate nothing either, so the whole run must not. Apart from other
/// tests: some of those listen to traces and metrics, which is for the whole process.
/// </summary>
[Collection(nameof(Undisturbed))]
public class AllocationTests
{
    [Xunit.Fact]
    public void Synchronous_agent_with_joins() => AssertNoAllocation(new TenActions(), static agent => agent.RunAsync("x"));

    [Xunit.Fact]
    public void Synchronous_agent_with_a_cancellable_token()
    {
        using var source = new CancellationTokenSource();
        AssertNoAllocation((Agent: new TenActions(), source.Token), static it => it.Agent.RunAsync("x", it.Token));
    }

    [Xunit.Fact]
    public void Chain_without_joins() => AssertNoAllocation(new Chain(), static agent => agent.RunAsync(1));

    [Xunit.Fact]
    public void Loop() => AssertNoAllocation(new CountingLoop(), static agent => agent.RunAsync(7));

    [Xunit.Fact]
    public void Condition() => AssertNoAllocation(new Branches(), static agent => agent.RunAsync(7));

    [Xunit.Fact]
    public void Retry_and_timeout_not_taken() => AssertNoAllocation(new Guarded(), static agent => agent.RunAsync(7));

    [Xunit.Fact]
    public void Waves_and_budget_in_the_general_scheduler() => AssertNoAllocation(new WavyBudget(), static agent => agent.RunAsync(7));

    [Xunit.Fact]
    public void A_provider_whose_scopes_are_not_needed() => AssertNoAllocation(new TenActions(), static agent => agent.RunAsync("x", Unneeded.Options));

    [Xunit.Fact]
    public void A_provider_without_scopes() => AssertNoAllocation(new TakesPlainService(), static agent => agent.RunAsync(Unneeded.Plain));

    [Xunit.Fact]
    public void Pending_actions()
    {
        // Everything happens on this thread: the source is completed by hand.
        var agent = new ByHand();
        for (var i = 0; i < 300; i++)
        {
            agent.RunOnce();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            agent.RunOnce();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertNoAllocation<TAgent, TResult>(TAgent agent, Func<TAgent, ValueTask<TResult>> run)
    {
        for (var i = 0; i < 300; i++)
        {
            Run();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Run();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            var task = run(agent);
            Assert.True(task.IsCompleted);
            _ = task.Result;
        }
    }
}

internal sealed class Unneeded : IServiceProvider
{
    private readonly bool _isAsked;

    private Unneeded(bool isAsked) => _isAsked = isAsked;

    public static RunOptions Options { get; } = new() { Services = new Unneeded(isAsked: false) };

    public static RunOptions Plain { get; } = new() { Services = new Unneeded(isAsked: true) };

    public object? GetService(Type serviceType) => !_isAsked ? throw new InvalidOperationException("Nobody needs a service.") : serviceType == typeof(Unneeded) ? this : null;
}

[Agent]
internal sealed partial class TakesPlainService
{
    [Action]
    private static int Take([Service] Unneeded service) => service is null ? 0 : 1;
}

[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;

[Agent]
public sealed partial class Chain
{
    [Action]
    private static long First([Input] int start) => start;

    [Action]
    private static ValueTask<long> Second(long first) => new(first + 1);

    [Action]
    private static long Third(long second) => second + 1;
}

[Agent(MaxIterations = 20)]
public sealed partial class CountingLoop
{
    [Action]
    private static int Count([Previous(nameof(Count))] int? before) => (before ?? 0) + 1;

    [Action, Result]
    private static int Doubled(int count) => count * 2;

    [Until]
    private static bool Done(int count, [Input] int goal) => count >= goal;
}

[Agent]
public sealed partial class Branches
{
    [Action]
    private static int Score([Input] int value) => value;

    private static bool IsHigh(int score) => score > 5;

    private static bool IsLow(int score) => score <= 5;

    [Action, When(nameof(IsHigh))]
    private static int High(int score) => score * 100;

    [Action, When(nameof(IsLow))]
    private static int Low(int score) => -score;

    [Action]
    private static int Merge([From(nameof(High), nameof(Low))] int value) => value;
}

[Agent]
public sealed partial class Guarded
{
    private static bool IsPositive([Input] int value) => value > 0;

    private static string? IsLarger([Input] int value, int result) => result > value ? null : "it is not larger";

    [Action, Retry(3), Timeout("00:00:10"), Requires(nameof(IsPositive)), Ensures(nameof(IsLarger))]
    private static ValueTask<int> Work([Input] int value, CancellationToken ct) => new(value + 1);
}

[Agent(Scheduling = SchedulingMode.Waves), Budget(Actions = 10)]
public sealed partial class WavyBudget
{
    [Action]
    private static int Left([Input] int value) => value;

    [Action]
    private static int Right([Input] int value) => value;

    [Action]
    private static int Sum(int left, int right) => left + right;
}

/// <summary>An agent whose first two actions are pending until they are completed by hand, on the same thread.</summary>
[Agent]
public sealed partial class ByHand
{
    private readonly Pending _left = new();
    private readonly Pending _right = new();

    public void RunOnce()
    {
        var run = RunAsync();
        Assert.False(run.IsCompleted);
        _left.Complete(1);
        _right.Complete(2);
        if (!run.IsCompleted || run.Result != 3)
        {
            throw new InvalidOperationException("The run is wrong.");
        }
    }

    [Action]
    private ValueTask<int> Left() => _left.Next();

    [Action]
    private ValueTask<int> Right() => _right.Next();

    [Action]
    private static int Sum(int left, int right) => left + right;

    private sealed class Pending : System.Threading.Tasks.Sources.IValueTaskSource<int>
    {
        private System.Threading.Tasks.Sources.ManualResetValueTaskSourceCore<int> _core;

        public ValueTask<int> Next() => new(this, _core.Version);

        public void Complete(int value) => _core.SetResult(value);

        public System.Threading.Tasks.Sources.ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, System.Threading.Tasks.Sources.ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        public int GetResult(short token)
        {
            var value = _core.GetResult(token);
            _core.Reset();
            return value;
        }
    }
}
