using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A store answered a claim when its lease had ended and another worker had gone on: the session was told to be damaged, and a parent whose child it was
/// failed and was undone.
/// </summary>
public sealed class LateClaimsWereToldAsDamageTests
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData("resume")]
    [InlineData("start or resume")]
    [InlineData("cancel")]
    [InlineData("pause")]
    [InlineData("checkpoint")]
    public async Task Another_worker_has_the_session(string operation)
    {
        await using var store = new MemorySessionStore(_time);
        await using var worker = Runtime(store);
        var session = await worker.StartAsync(new AwaitsAWord(), "a", new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));

        var late = new LateStore(store, "s");
        await using var client = Runtime(late, wakes: false);
        var asked = Task.Run(() => AskAsync(client, operation), Ct);
        await late.Claimed.WaitAsync(Ct);
        await session.WordAsync("b", cancellationToken: Ct);
        Assert.Equal("ab", await WhilePassingAsync(session.Result));
        late.Answer();

        var error = await Record.ExceptionAsync(() => asked);
        Assert.True(error is null or SessionOwnedException or InvalidSessionTransitionException, error?.ToString());
        Assert.Equal(SessionState.Completed, (await store.FindAsync("s", Ct))!.State);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_parent_goes_on_with_what_its_child_has_become_elsewhere()
    {
        await using var store = new MemorySessionStore(_time);
        string child;
        await using (var first = Runtime(store))
        {
            await first.StartAsync(new AsksForAWord(), "a", new() { Id = "p" }, Ct);
            child = await WaitingChildAsync(store);
        }

        await using var worker = Runtime(store);
        var late = new LateStore(store, child);
        await using var second = Runtime(late);
        var parent = Task.Run(async () => await second.ResumeAsync(new AsksForAWord(), "p", Ct), Ct);
        await late.Claimed.WaitAsync(Ct);
        var elsewhere = (await worker.FindAsync(new AwaitsAWord(), child, Ct))!;
        await elsewhere.WordAsync("b", cancellationToken: Ct);
        Assert.Equal("ab", await WhilePassingAsync(elsewhere.Result));
        late.Answer();

        var resumed = (await worker.FindAsync(new AsksForAWord(), "p", Ct))!;
        Assert.Equal("ab", await WhilePassingAsync(resumed.Result));
        await parent;
    }

    private static async Task AskAsync(AgentRuntime client, string operation)
    {
        switch (operation)
        {
            case "resume":
                await client.ResumeAsync(new AwaitsAWord(), "s", Ct);
                break;
            case "start or resume":
                await client.StartOrResumeAsync(new AwaitsAWord(), "a", new() { Id = "s" }, Ct);
                break;
            case "cancel":
                await client.CancelAsync("s", Ct);
                break;
            case "pause":
                await (await client.FindAsync(new AwaitsAWord(), "s", Ct))!.PauseAsync(Ct);
                break;
            default:
                await (await client.FindAsync(new AwaitsAWord(), "s", Ct))!.CheckpointAsync("here", Ct);
                break;
        }
    }

    private static async Task<string> WaitingChildAsync(MemorySessionStore store)
    {
        while (true)
        {
            if (await store.ListAsync(new() { Parent = "p" }, Ct) is [{ State: SessionState.Suspended } child])
            {
                return child.Id;
            }

            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own.
        }
    }

    private AgentRuntime Runtime(ISessionStore store, bool wakes = true) =>
        new(store, new() { Lease = s_lease, PollInterval = TimeSpan.FromSeconds(1), Wakes = wakes, Run = new() { TimeProvider = _time } });

    /// <summary>Lets time pass until something has happened.</summary>
    private async Task<T> WhilePassingAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(task, Task.Delay(1, Ct)); // What the timers set going runs on other threads.
        }

        return await task;
    }

    /// <summary>The answer to the first claim of a session comes late.</summary>
    private sealed class LateStore(ISessionStore inner, string id) : ForwardingStore(inner)
    {
        private readonly TaskCompletionSource _claimed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Claimed => _claimed.Task;

        public void Answer() => _answered.TrySetResult();

        public override async ValueTask<SessionClaim?> ClaimAsync(string session, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
        {
            var claim = await base.ClaimAsync(session, owner, lease, cancellationToken);
            if (session == id && _claimed.TrySetResult())
            {
                await _answered.Task;
            }

            return claim;
        }
    }
}

[Agent]
public sealed partial class AwaitsAWord
{
    [Signal]
    private partial Task<string> Word([Input] string first);

    [Action]
    private static string Join([Input] string first, string word) => first + word;
}

[Agent]
public sealed partial class AsksForAWord
{
    [Action]
    private static async Task<string> Ask([Input] string first, ActionContext context, CancellationToken cancellationToken) =>
        await context.RunChildAsync(new AwaitsAWord(), first, cancellationToken);
}
