namespace AgentFlow.Tests.Regressions;

/// <summary>Each call of an action has a child of its own, which is found again when the action runs again, and nothing else is taken for it.</summary>
public sealed class ChildrenAreToldApartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_children_of_one_action_have_two_results(bool inSession)
    {
        var clerks = new Clerks();
        Assert.Equal("2 and 202", await RunAsync(new Pair(clerks), 1, inSession));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_child_that_failed_is_run_again_by_the_next_attempt_and_one_that_completed_is_kept_in_a_session(bool inSession)
    {
        var clerks = new Clerks { Failing = { [101] = 1 } };
        Assert.Equal("2 and 202", await RunAsync(new Persistent(clerks), 1, inSession));
        Assert.Equal(inSession ? [1, 101, 101] : [1, 101, 1, 101], clerks.Asked);
    }

    [Fact]
    public async Task A_plan_that_failed_is_run_again_by_the_next_attempt()
    {
        var failing = 1;
        var catalog = new PlanCatalog().AddTool("work", (arguments, _, _) => Interlocked.Decrement(ref failing) >= 0 ? throw new TimeoutException("no") : new(arguments));
        var plan = Plan.Parse("""{"actions":[{"name":"a","target":"work"}]}""", catalog);
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        Assert.True(await (await runtime.StartAsync(new Boss(plan), default, cancellationToken: Ct)).Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task A_redriven_parent_runs_its_failed_children_again_and_keeps_the_others()
    {
        var clerks = new Clerks { Failing = { [101] = 1 } };
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Pair(clerks), 1, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal("2 and 202", await (await runtime.RedriveAsync(new Pair(clerks), "s", Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal([1, 101, 101], clerks.Asked);
    }

    [Fact]
    public async Task An_action_that_is_done_again_has_its_children_do_so_too()
    {
        var clerks = new Clerks { Failing = { [-2] = 1 } };
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = new PairAndMore(clerks);
        var session = await runtime.StartAsync(agent, 1, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal("4", await (await runtime.RerunAsync(agent, "s", ["Ask"], Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal([1, -2, 1, -2], clerks.Asked);
    }

    [Fact]
    public async Task A_session_that_somebody_made_beforehand_is_not_taken_for_the_child()
    {
        var clerks = new Clerks();
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        foreach (var id in (string[])["s/1/Ask/0", "s~1.-.0.1.Ask"])
        {
            var made = await Record.ExceptionAsync(async () => await (await runtime.StartAsync(new Clerk(clerks), 50, new() { Id = id }, Ct)).Result.WaitAsync(Patience, Ct));
            Assert.Equal(id.Contains('~'), made is ArgumentException);
        }

        Assert.Equal("2 and 202", await (await runtime.StartAsync(new Pair(clerks), 1, new() { Id = "s" }, Ct)).Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task A_child_that_was_started_with_other_inputs_is_refused()
    {
        var clerks = new Clerks();
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await (await runtime.StartAsync(new Pair(clerks), 1, new() { Id = "s" }, Ct)).Result.WaitAsync(Patience, Ct);
        await store.DeleteAsync("s", Ct);
        var session = await runtime.StartAsync(new Pair(clerks), 2, new() { Id = "s" }, Ct);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsType<ChildMismatchException>(failed.InnerException);
    }

    [Fact]
    public async Task A_session_of_another_parent_that_was_copied_to_the_childs_id_is_refused()
    {
        var clerks = new Clerks();
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await MakeCopyAsync(store, clerks, "another", 1);
        var session = await runtime.StartAsync(new Pair(clerks), 1, new() { Id = "s" }, Ct);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsType<ChildMismatchException>(failed.InnerException);
    }

    [Fact]
    public async Task A_session_that_was_copied_to_the_childs_id_cannot_be_read_and_is_waited_for()
    {
        var clerks = new Clerks();
        await using var store = new MemorySessionStore();
        await MakeCopyAsync(store, clerks, "s", 7);
        var looks = 0;
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watched = new WrappedStore(store)
        {
            OnRead = id =>
            {
                if (id.Contains('~', StringComparison.Ordinal) && Interlocked.Increment(ref looks) == 3)
                {
                    looked.SetResult();
                }
            },
        };
        await using var runtime = new AgentRuntime(watched, new() { PollInterval = TimeSpan.FromMilliseconds(10) });
        var session = await runtime.StartAsync(new Pair(clerks), 1, new() { Id = "s" }, Ct);
        await looked.Task.WaitAsync(Patience, Ct);
        Assert.False(session.Result.IsCompleted);

        await store.DeleteAsync("s~1.-.0.1.Ask", Ct);
        Assert.Equal("2 and 202", await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task What_undoes_an_action_has_children_of_its_own()
    {
        var clerks = new Clerks { Failing = { [1] = 1 } };
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Penitent(clerks), 1, new() { Id = "s" }, Ct);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Empty(failed.CompensationFailures);
        Assert.Equal([1, 1, 2, -1], clerks.Asked);
    }

    [Fact]
    public async Task A_child_of_an_earlier_version_is_found_under_its_old_id()
    {
        var clerks = new Clerks();
        var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await (await runtime.StartAsync(new Clerk(clerks), 1, new() { Id = "s/1/Ask/0", Parent = "s" }, Ct)).Result.WaitAsync(Patience, Ct);
        Assert.Equal("2 and 202", await (await runtime.StartAsync(new Pair(clerks), 1, new() { Id = "s" }, Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal([1, 101], clerks.Asked);
        Assert.Null(await store.FindAsync("s~1.-.0.1.Ask", Ct));
    }

    [Fact]
    public async Task Calls_at_the_same_time_are_told_apart_by_their_keys()
    {
        var clerks = new Clerks();
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new Crowd(clerks), 5, new() { Id = "s" }, Ct);
        Assert.Equal("0,2,4,6,8", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal([0, 1, 2, 3, 4], clerks.Asked.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Children_may_be_deep(bool inSession)
    {
        Assert.Equal(60, await RunAsync(new Digger(), 60, inSession));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task And_not_bottomless(bool inSession)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(new Digger(), int.MaxValue, inSession, new RunOptions { MaxChildDepth = 5 }));
        while (error is ActionFailedException { InnerException: { } inner })
        {
            error = inner;
        }

        Assert.Equal(5, Assert.IsType<ChildDepthExceededException>(error).Limit);
    }

    private static async Task<TResult> RunAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, bool inSession, RunOptions? options = null)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        if (!inSession)
        {
            return await agent.RunAsync(input, options ?? RunOptions.Default, Ct);
        }

        await using var runtime = new AgentRuntime(new MemorySessionStore(), new() { Run = options ?? RunOptions.Default });
        return await (await runtime.StartAsync(agent, input, new() { Id = new string('s', 190) }, Ct)).Result.WaitAsync(Patience, Ct);
    }

    /// <summary>Makes a session under an id that only the runtime gives.</summary>
    private static async Task MakeCopyAsync(MemorySessionStore store, Clerks clerks, string parent, int input)
    {
        await using var maker = new AgentRuntime(store);
        var made = await maker.StartAsync(new Clerk(clerks), input, new() { Id = "made", Parent = parent }, Ct);
        await made.Result.WaitAsync(Patience, Ct);
        await CopyAsync(store, made.Id, "s~1.-.0.1.Ask", parent);
    }

    private static async Task CopyAsync(MemorySessionStore store, string from, string to, string parent)
    {
        var records = new List<JournalRecord>();
        await foreach (var record in store.ReadAsync(from, 0, Ct))
        {
            records.Add(record);
        }

        var info = (await store.FindAsync(from, Ct))!;
        var claim = await store.CreateAsync(info with { Id = to, Parent = parent }, [records[0]], "test", TimeSpan.FromMinutes(1), Ct);
        await store.AppendAsync(new SessionAppend { Claim = claim, After = 1, Records = [.. records.Skip(1)], State = SessionState.Running }, Ct);
        await store.AppendAsync(new SessionAppend { Claim = claim, After = records.Count, Records = [], State = SessionState.Completed, Releases = true }, Ct);
    }
}

/// <summary>What the clerks were asked, and how often each question fails.</summary>
public sealed class Clerks
{
    private readonly Lock _gate = new();
    private readonly List<int> _asked = [];

    public Dictionary<int, int> Failing { get; } = [];

    public int[] Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    public int Ask(int number)
    {
        lock (_gate)
        {
            _asked.Add(number);
            if (Failing.TryGetValue(number, out var left) && left > 0)
            {
                Failing[number] = left - 1;
                throw new TimeoutException("no");
            }

            return number * 2;
        }
    }
}

[Agent]
public sealed partial class Clerk(Clerks clerks)
{
    [Action]
    private int Answer([Input] int number) => clerks.Ask(number);
}

[Agent]
public sealed partial class Pair(Clerks clerks)
{
    [Action]
    private async Task<string> Ask([Input] int number, ActionContext context, CancellationToken ct)
    {
        var first = await context.RunChildAsync(new Clerk(clerks), number, ct);
        return $"{first} and {await context.RunChildAsync(new Clerk(clerks), number + 100, ct)}";
    }
}

[Agent]
public sealed partial class Persistent(Clerks clerks)
{
    [Action, Retry(3, Delay = "00:00:00")]
    private async Task<string> Ask([Input] int number, ActionContext context, CancellationToken ct)
    {
        var first = await context.RunChildAsync(new Clerk(clerks), number, ct);
        return $"{first} and {await context.RunChildAsync(new Clerk(clerks), number + 100, ct)}";
    }
}

[Agent]
public sealed partial class PairAndMore(Clerks clerks)
{
    [Action]
    private async Task<int> Ask([Input] int number, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Clerk(clerks), number, ct);

    [Action]
    private string Check([From(nameof(Ask))] int answer) => (-clerks.Ask(-answer)).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

[Agent]
public sealed partial class Crowd(Clerks clerks)
{
    [Action, Retry(2, On = [typeof(FormatException)], Delay = "00:00:00")]
    private async Task<string> Ask([Input] int count, ActionContext context, CancellationToken ct)
    {
        // The other way round in the second attempt.
        var numbers = context.Attempt == 1 ? Enumerable.Range(0, count) : Enumerable.Range(0, count).Reverse();
        var answers = await Task.WhenAll(numbers.Select(number => context.RunChildAsync(new Clerk(clerks), number, new() { Key = $"№ {number}" }, ct).AsTask()));
        return context.Attempt == 1 ? throw new FormatException("no") : string.Join(",", answers.Order());
    }
}

[Agent]
public sealed partial class Penitent(Clerks clerks)
{
    [Action, Retry(2, Delay = "00:00:00"), Compensate(nameof(Undo))]
    private async Task<int> Do([Input] int number, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Clerk(clerks), number, ct);

    private async Task Undo([Input] int number, ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Clerk(clerks), -number, ct);

    [Action]
    private int Fail([From(nameof(Do))] int done) => throw new FormatException($"{clerks.Ask(done)}");
}

[Agent]
public sealed partial class Digger
{
    [Action]
    private async Task<int> Dig([Input] int depth, ActionContext context, CancellationToken ct) => depth == 0 ? 0 : 1 + await context.RunChildAsync(this, depth - 1, ct);
}

[Agent]
public sealed partial class Boss(Plan plan)
{
    [Action, Retry(2, On = [typeof(InvalidOperationException)], Delay = "00:00:00")]
    private async Task<bool> Order(ActionContext context, CancellationToken ct) =>
        (await context.RunPlanAsync(plan, default, ct)).Succeeded ? true : throw new InvalidOperationException("no");
}
