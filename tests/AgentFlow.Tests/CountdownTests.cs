namespace AgentFlow.Tests;

/// <summary>Agents whose actions need nothing but their dependencies, in the scheduler that counts down; bodies end when a test says so.</summary>
public class CountdownTests
{
    [Xunit.Fact]
    public async Task An_action_starts_once_when_the_last_of_its_dependencies_has_settled()
    {
        var agent = new TwoJoins();
        var run = agent.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["A", "B", "C"], agent.Started);
        agent.End(2);
        agent.End(0);
        Assert.Equal(["A", "B", "C"], agent.Started);
        agent.End(1);
        Assert.Equal(["A", "B", "C", "AB", "BC"], agent.Started);
        agent.End(4);
        Assert.False(run.IsCompleted);
        agent.End(3);
        Assert.True(run.IsCompletedSuccessfully);
        await run;
    }

    [Xunit.Fact]
    public async Task The_run_ends_when_what_was_under_way_has_and_starts_nothing_more()
    {
        var agent = new TwoJoins();
        var run = agent.RunAsync(TestContext.Current.CancellationToken);
        agent.End(0, new FormatException("bad"));
        agent.End(1);
        Assert.False(run.IsCompleted);
        agent.End(2);
        Assert.True(run.IsFaulted);
        Assert.Equal(["A", "B", "C"], agent.Started);
        Assert.Equal("A", (await Assert.ThrowsAsync<ActionFailedException>(async () => await run)).Action);
    }

    [Xunit.Fact]
    public async Task What_a_token_callback_throws_belongs_to_the_run_that_was_stopped()
    {
        using var source = new CancellationTokenSource();
        var run = new TwoJoins { EndsWhenCancelled = true }.RunAsync(source.Token).AsTask();
        Cancel(source);
        Assert.True(run.IsCanceled);

        // On the same thread, so that it is the same run that is used again.
        await RunToTheEnd();
    }

    [Xunit.Fact]
    public async Task A_run_that_has_counted_down_can_be_observed_the_next_time()
    {
        await RunToTheEnd();
        var agent = new TwoJoins();
        var kinds = new List<AgentEventKind>();
        await foreach (var e in agent.StreamAsync(TestContext.Current.CancellationToken))
        {
            kinds.Add(e.Kind);
            if (e.Kind == AgentEventKind.ActionStarted)
            {
                agent.End(agent.IndexOf(e.Action!));
            }
        }

        Assert.Equal(5, kinds.Count(static k => k == AgentEventKind.ActionCompleted));
        Assert.Equal(AgentEventKind.AgentCompleted, kinds[^1]);
    }

    [Xunit.Fact]
    public async Task A_run_that_has_counted_down_can_be_cancelled_in_the_lane_the_next_time()
    {
        await RunToTheEnd();
        using var source = new CancellationTokenSource();
        var agent = new TwoJoins { CancelsAtB = source };
        agent.EndAll();
        var run = agent.RunAsync(source.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await run);
        Assert.Equal(["A", "B"], agent.Started);
    }

    /// <summary>On this thread, callbacks included.</summary>
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    /// <summary>On this thread from beginning to end, so that the next run of the agent on it is the same one.</summary>
    private static async Task RunToTheEnd()
    {
        var agent = new TwoJoins();
        var run = agent.RunAsync(TestContext.Current.CancellationToken);
        agent.EndAll();
        Assert.True(run.IsCompletedSuccessfully);
        await run;
    }
}

/// <summary>Two joins that share a dependency, and two ends.</summary>
[Agent]
public sealed partial class TwoJoins
{
    private readonly TaskCompletionSource[] _ends = [new(), new(), new(), new(), new()];

    public List<string> Started { get; } = [];

    public bool EndsWhenCancelled { get; init; }

    public CancellationTokenSource? CancelsAtB { get; init; }

    public void End(int action, Exception? error = null)
    {
        if (error is null)
        {
            _ends[action].TrySetResult();
        }
        else
        {
            _ends[action].SetException(error);
        }
    }

    public void EndAll() => Array.ForEach(_ends, static end => end.TrySetResult());

    public int IndexOf(string action) => Array.IndexOf(["A", "B", "C", "AB", "BC"], action);

    [Action]
    private Task A(CancellationToken ct)
    {
        if (EndsWhenCancelled)
        {
            // The run is cancelled and comes to its end inside this callback, which then throws.
            ct.Register(() =>
            {
                EndAll();
                throw new FormatException("bad callback");
            });
        }

        return Start("A");
    }

    [Action]
    private Task B()
    {
        CancelsAtB?.Cancel();
        return Start("B");
    }

    [Action] private Task C() => Start("C");

    [Action, DependsOn(nameof(A), nameof(B))] private Task AB() => Start("AB");

    [Action, DependsOn(nameof(B), nameof(C))] private Task BC() => Start("BC");

    private Task Start(string action)
    {
        Started.Add(action);
        return _ends[IndexOf(action)].Task;
    }
}
