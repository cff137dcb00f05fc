using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// After a wait a session went on by the instance of its agent that the runtime was given last, by a call that was refused too: one user's session had what another's was made with.
/// </summary>
public sealed class SessionsKeepTheirInstanceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_goes_on_by_the_instance_that_it_was_started_with()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var anns = await runtime.StartAsync(new Desk("Ann"), 1, new() { Id = "a" }, Ct);
        Assert.Equal(SessionState.Suspended, await anns.WaitAsync(Ct));
        var bobs = await runtime.StartAsync(new Desk("Bob"), 1, new() { Id = "b" }, Ct);
        Assert.Equal(SessionState.Suspended, await bobs.WaitAsync(Ct));
        var carols = await runtime.StartAsync(new Desk("Carol"), 1, new() { Id = "c" }, Ct);
        Assert.Equal(SessionState.Suspended, await carols.WaitAsync(Ct));
        await bobs.GoAsync(true, cancellationToken: Ct);
        await anns.GoAsync(true, cancellationToken: Ct);
        await carols.GoAsync(true, cancellationToken: Ct);
        Assert.Equal("Ann", await anns.Result.WaitAsync(Patience, Ct));
        Assert.Equal("Bob", await bobs.Result.WaitAsync(Patience, Ct));
        Assert.Equal("Carol", await carols.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Calls_that_are_refused_change_nothing()
    {
        await using var store = new MemorySessionStore();
        await using (var first = new AgentRuntime(store))
        {
            await (await first.StartAsync(new Desk("before"), 1, new() { Id = "a" }, Ct)).WaitAsync(Ct);
        }

        await using var runtime = new AgentRuntime(store);
        runtime.Register(new Desk("Ann"));
        await Assert.ThrowsAsync<SessionExistsException>(async () => await runtime.StartAsync(new Desk("Bob"), 1, new() { Id = "a" }, Ct));
        await Assert.ThrowsAsync<InvalidSessionTransitionException>(async () => await runtime.RedriveAsync(new Desk("Bob"), "a", Ct));
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await runtime.ResumeAsync(new Desk("Bob"), "none", Ct));
        var session = await runtime.FindAsync(new Desk("Bob"), "a", Ct);
        await runtime.SignalAsync("a", "Go", JsonElement.Parse("true"), cancellationToken: Ct);
        Assert.Equal("Ann", await session!.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Who_waits_for_a_session_does_not_change_its_instance()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
        await using var door = new AgentRuntime(store, new() { Wakes = false });
        await (await runtime.StartAsync(new Desk("Ann"), 1, new() { Id = "a" }, Ct)).WaitAsync(Ct);
        await (await runtime.StartAsync(new Desk("Bob"), 1, new() { Id = "b" }, Ct)).WaitAsync(Ct);
        await door.SignalAsync("b", "Go", JsonElement.Parse("true"), cancellationToken: Ct);
        var found = await runtime.FindAsync(new Desk("whoever looks"), "b", Ct);
        Assert.Equal(SessionState.Completed, await found!.WaitAsync(Ct));
        Assert.Equal("Bob", await found.Result);
    }

    [Fact]
    public async Task What_is_registered_serves_all()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        runtime.Register(new Desk("first"));
        var session = await runtime.StartAsync(new Desk("Ann"), 1, new() { Id = "a" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        runtime.Register(new Desk("new"));
        await session.GoAsync(true, cancellationToken: Ct);
        Assert.Equal("new", await session.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task A_child_goes_on_by_the_instance_that_its_parent_called()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var anns = await runtime.StartAsync(new Office(new Desk("Ann")), 1, new() { Id = "a" }, Ct);
        var bobs = await runtime.StartAsync(new Office(new Desk("Bob")), 1, new() { Id = "b" }, Ct);
        foreach (var (parent, name) in new[] { (bobs, "Bob"), (anns, "Ann") })
        {
            var child = await ChildOfAsync(runtime, parent.Id);
            await runtime.SignalAsync(child, "Go", JsonElement.Parse("true"), cancellationToken: Ct);
            Assert.Equal(name, await parent.Result.WaitAsync(Patience, Ct));
        }
    }

    /// <summary>The child of a session, once it waits.</summary>
    private static async Task<string> ChildOfAsync(AgentRuntime runtime, string parent)
    {
        while (true)
        {
            if (await runtime.Store.ListAsync(new() { Parent = parent, States = [SessionState.Suspended] }, Ct) is [var child])
            {
                return child.Id;
            }

            await Task.Delay(1, Ct);
        }
    }
}

[Agent]
public sealed partial class Desk(string owner)
{
    [Action]
    private static int Ask([Input] int number) => number;

    [Signal]
    private partial Task<bool> Go([From(nameof(Ask))] int asked);

    [Action, Result]
    private string Answer([From(nameof(Go))] bool goes) => goes ? owner : "";
}

[Agent]
public sealed partial class Office(Desk desk)
{
    [Action, Result]
    private async Task<string> Ask([Input] int number, ActionContext context, CancellationToken ct) => await context.RunChildAsync(desk, number, ct);
}
