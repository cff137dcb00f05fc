namespace AgentFlow.Tests;

public class SchedulingTests
{
    [Xunit.Fact]
    public async Task Independent_actions_overlap()
    {
        var gate = new TaskCompletionSource();
        var agent = new Overlap(gate);
        var run = agent.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Left", "Right"], agent.Started);
        gate.SetResult();
        Assert.Equal(3, await run);
    }

    [Xunit.Fact]
    public async Task MaxParallel_bounds_what_is_under_way()
    {
        await AssertAsync(1, static meter => new FiveOneAtATime(meter).RunAsync(TestContext.Current.CancellationToken));
        await AssertAsync(2, static meter => new FiveTwoAtATime(meter).RunAsync(TestContext.Current.CancellationToken));
        await AssertAsync(5, static meter => new FiveAtOnce(meter).RunAsync(TestContext.Current.CancellationToken));

        static async Task AssertAsync(int expected, Func<ParallelismMeter, ValueTask> start)
        {
            var meter = new ParallelismMeter();
            var run = start(meter);
            Assert.Equal(expected, meter.Runs);
            meter.Open();
            await run;
            Assert.Equal(expected, meter.Most);
            Assert.Equal(5, meter.Runs);
        }
    }

    [Xunit.Fact]
    public async Task A_sync_action_runs_alone()
    {
        var meter = new ParallelismMeter();
        await new Alone(meter).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, meter.MostDuring("Middle"));
        Assert.Equal(3, meter.Runs);
    }

    [Xunit.Fact]
    public async Task Ready_actions_start_by_priority_then_remaining_path_then_source()
    {
        var order = new List<string>();
        await new Ordered(order).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Urgent", "Long", "First", "Second", "LongTail"], order);
    }

    [Xunit.Fact]
    public async Task In_waves_an_action_waits_for_the_whole_wave_before()
    {
        var gate = new TaskCompletionSource();
        var agent = new Wavy(gate.Task);
        var run = agent.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Fast", "Slow"], agent.Started);
        gate.SetResult();
        await run;
        Assert.Equal(["Fast", "Slow", "AfterFast"], agent.Started);
    }

    [Xunit.Fact]
    public async Task Dataflow_does_not_wait_for_the_wave()
    {
        var gate = new TaskCompletionSource();
        var agent = new Flowing(gate.Task);
        var run = agent.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Fast", "AfterFast", "Slow"], agent.Started);
        gate.SetResult();
        await run;
    }

    [Xunit.Fact]
    public async Task Nobody_waits_for_fire_and_forget_but_the_shutdown_does()
    {
        var gate = new TaskCompletionSource();
        var agent = new Forgetful(gate.Task);
        Assert.Equal(1, await agent.RunAsync(TestContext.Current.CancellationToken));
        Assert.False(agent.Logged);
        gate.SetResult();
        await AgentBackground.DrainAsync(TestContext.Current.CancellationToken);
        Assert.True(agent.Logged);
    }

    [Xunit.Fact]
    public async Task A_failing_fire_and_forget_is_an_event_and_not_the_runs_failure()
    {
        var failed = new TaskCompletionSource<AgentEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnFailure(AgentEvent e)
        {
            if (e.Agent == nameof(Forgetful))
            {
                failed.TrySetResult(e);
            }
        }

        AgentBackground.ActionFailed += OnFailure;
        try
        {
            Assert.Equal(1, await new Forgetful(Task.FromException(new InvalidOperationException("no"))).RunAsync(TestContext.Current.CancellationToken));
            var e = await failed.Task;
            Assert.Equal("Log", e.Action);
            Assert.Equal("no", e.Exception!.Message);
        }
        finally
        {
            AgentBackground.ActionFailed -= OnFailure;
        }
    }

    [Xunit.Fact]
    public async Task Waiting_for_any_starts_at_the_first_to_complete()
    {
        var slow = new TaskCompletionSource();
        var agent = new EitherOne(slow.Task);
        var run = agent.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(agent.Done.Task.IsCompleted);
        Assert.False(run.IsCompleted);
        slow.SetResult();
        await run;
    }

    [Xunit.Fact]
    public async Task In_a_race_the_first_wins_and_the_others_are_cancelled()
    {
        var agent = new Race();
        Assert.Equal("mirror", await agent.RunAsync(TestContext.Current.CancellationToken));
        Assert.True(agent.PrimaryWasCancelled);
    }

    [Xunit.Fact]
    public async Task A_merge_waits_for_all_and_takes_the_first_in_order()
    {
        var gate = new TaskCompletionSource();
        var run = new InOrder(gate.Task).RunAsync(TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
        gate.SetResult();
        Assert.Equal("preferred", await run);
    }

    [Xunit.Fact]
    public async Task Offloaded_bodies_leave_the_callers_thread()
    {
        var caller = Environment.CurrentManagedThreadId;
        var thread = await Task.Factory.StartNew(
            static () => new Offloaded().RunAsync().AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        Assert.True(thread.WasPool);
        Assert.NotEqual(0, caller);
    }

    [Xunit.Fact]
    public async Task Async_locals_of_the_caller_are_seen_by_every_action()
    {
        var agent = new SeesContext();
        SeesContext.Ambient.Value = "caller";
        Assert.Equal("caller,caller", await agent.RunAsync(TestContext.Current.CancellationToken));
    }

    [Xunit.Fact]
    public async Task One_instance_runs_thousands_of_times_at_once()
    {
        var agent = new Concurrent();
        var runs = Enumerable.Range(0, 5000).Select(i => Task.Run(async () => (i, await agent.RunAsync(i)))).ToArray();
        foreach (var (input, result) in await Task.WhenAll(runs))
        {
            Assert.Equal((input + 1) + (input * 2) + input, result);
        }
    }

    [Xunit.Fact]
    public async Task A_run_task_can_be_awaited_only_once()
    {
        var gate = new TaskCompletionSource();
        var run = new Overlap(gate).RunAsync(TestContext.Current.CancellationToken);
        gate.SetResult();
        Assert.Equal(3, await run);
#pragma warning disable AF0223 // That is what is tried.
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await run);
#pragma warning restore AF0223
    }
}

public sealed class ParallelismMeter
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _during = [];
    private readonly TaskCompletionSource _open = new();
    private int _now;

    public int Most { get; private set; }

    public int Runs { get; private set; }

    public int MostDuring(string name) => _during[name];

    private void Enter(string name)
    {
        lock (_gate)
        {
            Runs++;
            _now++;
            Most = Math.Max(Most, _now);
            _during[name] = _now;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _now--;
        }
    }

    /// <summary>Lets those who wait, and all who come later, pass.</summary>
    public void Open() => _open.SetResult();

    public async Task WaitAsync()
    {
        Enter("");
        await _open.Task;
        Leave();
    }

    public async Task RunAsync(string name = "")
    {
        Enter(name);
        for (var i = 0; i < 20; i++)
        {
            await Task.Yield();
            lock (_gate)
            {
                _during[name] = Math.Max(_during[name], _now);
            }
        }

        Leave();
    }
}

[Agent]
public sealed partial class Overlap(TaskCompletionSource gate)
{
    public List<string> Started { get; } = [];

    [Action]
    private async Task<int> Left()
    {
        Started.Add(nameof(Left));
        await gate.Task;
        return 1;
    }

    [Action]
    private async Task<int> Right()
    {
        Started.Add(nameof(Right));
        await gate.Task;
        return 2;
    }

    [Action]
    private static int Sum(int left, int right) => left + right;
}

[Agent(MaxParallel = 1)]
public sealed partial class FiveOneAtATime(ParallelismMeter meter)
{
    [Action] private Task A() => meter.WaitAsync();

    [Action] private Task B() => meter.WaitAsync();

    [Action] private Task C() => meter.WaitAsync();

    [Action] private Task D() => meter.WaitAsync();

    [Action] private Task E() => meter.WaitAsync();
}

[Agent(MaxParallel = 2)]
public sealed partial class FiveTwoAtATime(ParallelismMeter meter)
{
    [Action] private Task A() => meter.WaitAsync();

    [Action] private Task B() => meter.WaitAsync();

    [Action] private Task C() => meter.WaitAsync();

    [Action] private Task D() => meter.WaitAsync();

    [Action] private Task E() => meter.WaitAsync();
}

[Agent]
public sealed partial class FiveAtOnce(ParallelismMeter meter)
{
    [Action] private Task A() => meter.WaitAsync();

    [Action] private Task B() => meter.WaitAsync();

    [Action] private Task C() => meter.WaitAsync();

    [Action] private Task D() => meter.WaitAsync();

    [Action] private Task E() => meter.WaitAsync();
}

[Agent]
public sealed partial class Alone(ParallelismMeter meter)
{
    [Action] private Task Before() => meter.RunAsync("Before");

    [Action(Mode = ActionMode.Sync)] private Task Middle() => meter.RunAsync("Middle");

    [Action] private Task After() => meter.RunAsync("After");
}

[Agent]
public sealed partial class Ordered(List<string> order)
{
    [Action] private void First() => order.Add(nameof(First));

    [Action] private void Second() => order.Add(nameof(Second));

    [Action]
    private int Long()
    {
        order.Add(nameof(Long));
        return 1;
    }

    [Action] private void LongTail(int @long) => order.Add(nameof(LongTail));

    [Action(Priority = 5)] private void Urgent() => order.Add(nameof(Urgent));
}

[Agent(Scheduling = SchedulingMode.Waves)]
public sealed partial class Wavy(Task gate)
{
    public List<string> Started { get; } = [];

    [Action]
    private int Fast()
    {
        Started.Add(nameof(Fast));
        return 1;
    }

    [Action]
    private Task Slow()
    {
        Started.Add(nameof(Slow));
        return gate;
    }

    [Action] private void AfterFast(int fast) => Started.Add(nameof(AfterFast));
}

[Agent]
public sealed partial class Flowing(Task gate)
{
    public List<string> Started { get; } = [];

    [Action]
    private int Fast()
    {
        Started.Add(nameof(Fast));
        return 1;
    }

    [Action]
    private Task Slow()
    {
        Started.Add(nameof(Slow));
        return gate;
    }

    [Action(Priority = 1)] private void AfterFast(int fast) => Started.Add(nameof(AfterFast));
}

[Agent]
public sealed partial class Forgetful(Task gate)
{
    public bool Logged { get; private set; }

    [Action] private static int Work() => 1;

    [Action(Mode = ActionMode.FireAndForget)]
    private async Task Log(int work)
    {
        await gate;
        MarkLogged();
    }

    private void MarkLogged() => Logged = true;
}

[Agent]
public sealed partial class EitherOne(Task slow)
{
    public TaskCompletionSource Done { get; } = new();

    [Action] private static Task Quick() => Task.CompletedTask;

    [Action] private Task Slow() => slow;

    [Action, DependsOn(nameof(Quick), nameof(Slow), Wait = WaitFor.Any)]
    private void Finish() => Done.SetResult();
}

[Agent]
public sealed partial class Race
{
    private readonly TaskCompletionSource _primaryStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool PrimaryWasCancelled { get; private set; }

    [Action]
    private async Task<string> Primary(CancellationToken ct)
    {
        _primaryStarted.SetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
            return "primary";
        }
        catch (OperationCanceledException)
        {
            MarkCancelled();
            throw;
        }
    }

    [Action]
    private async Task<string> Mirror()
    {
        await _primaryStarted.Task;
        return "mirror";
    }

    [Action]
    private static string Use([From(nameof(Primary), nameof(Mirror), Take = Take.First, CancelOthers = true)] string page) => page;

    private void MarkCancelled() => PrimaryWasCancelled = true;
}

[Agent]
public sealed partial class InOrder(Task gate)
{
    [Action]
    private async Task<string> Preferred()
    {
        await gate;
        return "preferred";
    }

    [Action] private static string Other() => "other";

    [Action] private static string Use([From(nameof(Preferred), nameof(Other))] string page) => page;
}

public sealed record ThreadFacts(bool WasPool);

[Agent]
public sealed partial class Offloaded
{
    [Action(Offload = true)]
    private static ThreadFacts Compute() => new(Thread.CurrentThread.IsThreadPoolThread);
}

[Agent]
public sealed partial class SeesContext
{
    public static AsyncLocal<string?> Ambient { get; } = new();

    [Action]
    private static async Task<string> First()
    {
        // The continuation comes from a thread that knows nothing of the caller.
        var done = new TaskCompletionSource<string>();
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => done.SetResult("x"));
        }

        await done.Task.ConfigureAwait(false);
        return Ambient.Value ?? "nobody";
    }

    [Action]
    private static string Second(string first) => first + "," + (Ambient.Value ?? "nobody");
}

[Agent]
public sealed partial class Concurrent
{
    [Action]
    private static async Task<int> Next([Input] int value)
    {
        await Task.Yield();
        return value + 1;
    }

    [Action]
    private static async ValueTask<int> Twice([Input] int value)
    {
        await Task.Yield();
        return value * 2;
    }

    [Action]
    private static int Sum(int next, int twice, [Input] int value) => next + twice + value;
}
