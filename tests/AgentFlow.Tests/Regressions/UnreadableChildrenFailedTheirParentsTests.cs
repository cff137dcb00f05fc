#pragma warning disable AF0220 // Two versions of an agent, one after the other.
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentFlow.Crash;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// When a child could not be read, because of a bug in an upcast or damage in the store, the action that ran it failed: the parent undid everything,
/// and repairing the cause did not bring it back. A session without a parent merely waits.
/// </summary>
public sealed class UnreadableChildrenFailedTheirParentsTests
{
    private static readonly AgentRuntimeOptions s_options = new() { PollInterval = TimeSpan.FromMilliseconds(10) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_parent_waits_until_the_upcast_of_its_child_is_mended()
    {
        await using var store = new MemorySessionStore();
        var deployment = new Deployment();
        var child = await BeginAsync(store, deployment);

        (deployment.IsNew, LatterPage.IsBroken) = (true, true);
        await using var second = new AgentRuntime(store, s_options);
        var parent = await second.ResumeAsync(new Binder(deployment), "p", Ct);
        second.Register(new LatterPage());
        await UntilAsync(() => LatterPage.Upcasts >= 3);
        Assert.Equal(SessionState.Running, (await store.FindAsync("p", Ct))!.State);

        LatterPage.IsBroken = false;
        await SignAsync(second, deployment, child);
        Assert.Equal("text of 4 by me", await parent.Result);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_parent_waits_until_the_damage_to_its_child_is_mended()
    {
        await using var inner = new MemorySessionStore();
        var deployment = new Deployment();
        var child = await BeginAsync(inner, deployment);

        var store = new DamagedStore(inner, child) { IsDamaged = true };
        await using var second = new AgentRuntime(store, s_options);
        var parent = await second.ResumeAsync(new Binder(deployment), "p", Ct);
        await UntilAsync(() => store.Reads >= 3);
        Assert.Equal(SessionState.Running, (await inner.FindAsync("p", Ct))!.State);

        store.IsDamaged = false;
        await SignAsync(second, deployment, child);
        Assert.Equal("text by me", await parent.Result);
    }

    [Fact(Timeout = 300_000)]
    public async Task One_that_waits_so_can_be_handed_over()
    {
        await using var inner = new MemorySessionStore();
        var deployment = new Deployment();
        var child = await BeginAsync(inner, deployment);

        var store = new DamagedStore(inner, child) { IsDamaged = true };
        await using (var second = new AgentRuntime(store, s_options))
        {
            await second.ResumeAsync(new Binder(deployment), "p", Ct);
            await UntilAsync(() => store.Reads >= 3);
        }

        await using var third = new AgentRuntime(inner, s_options);
        var parent = await third.ResumeAsync(new Binder(deployment), "p", Ct);
        await SignAsync(third, deployment, child);
        Assert.Equal("text by me", await parent.Result);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_plan_that_has_ended_is_waited_for_until_its_report_can_be_read()
    {
        await using var inner = new MemorySessionStore();
        var store = new FailingStore(inner, static (_, isJournal) => isJournal, oneIn: 2);
        await using var runtime = new AgentRuntime(store, s_options);
        var catalog = new PlanCatalog().AddTool("one", static (_, _, _) => new(JsonSerializer.SerializeToElement(1)));
        var plan = Plan.Parse("""{ "actions": [ { "name": "a", "target": "one" } ], "result": "a" }""", catalog);
        Assert.Equal("1", await (await runtime.StartAsync(new Planner(plan), default, new() { Id = "p" }, Ct)).Result);
        Assert.True(store.Failures > 0);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_child_in_doubt_is_waited_for_while_its_state_cannot_be_read()
    {
        await using var inner = new MemorySessionStore();
        var payments = new Payments();
        await using (var first = new AgentRuntime(inner, new() { ShutdownGrace = TimeSpan.Zero, PollInterval = s_options.PollInterval }))
        {
            await first.StartAsync(new Shop(payments), 5, new() { Id = "p" }, Ct);
            await payments.WhenStartedAsync(1);
        }

        var store = new FailingStore(inner, static (child, isJournal) => !isJournal && child.State == SessionState.Uncertain, oneIn: 4);
        await using var second = new AgentRuntime(store, s_options);
        second.Register(new PayOnce(payments));
        var parent = await second.ResumeAsync(new Shop(payments), "p", Ct);
        await UntilAsync(() => store.Failures >= 3);
        var child = (await inner.ListAsync(new() { Parent = "p", States = [SessionState.Uncertain] }, Ct))[0];
        await using var third = new AgentRuntime(inner, s_options with { Wakes = false });
        await third.SettleAsync(new PayOnce(payments), child.Id, "Pay", Settlement.Completed("settled"), Ct);
        Assert.Equal("reserved, settled", await parent.Result);
    }

    [Fact(Timeout = 300_000)]
    public async Task One_that_is_cancelled_is_waited_for_until_it_can_be_read()
    {
        await using var inner = new MemorySessionStore();
        var deployment = new Deployment();
        var store = new FailingStore(inner, static (child, isJournal) => isJournal && child.State == SessionState.Suspended, oneIn: 2);
        await using var runtime = new AgentRuntime(store, s_options);
        var parent = await runtime.StartAsync(new InAHurry(deployment), "text", new() { Id = "p" }, Ct);
        await UntilAsync(async () => await inner.ListAsync(new() { Parent = "p", States = [SessionState.Suspended] }, Ct) is [_]);
        await deployment.Ends.CancelAsync();
        Assert.Equal("not in time", await parent.Result);
        Assert.True(store.Failures > 0);
        Assert.Single(await inner.ListAsync(new() { Parent = "p", States = [SessionState.Cancelled] }, Ct));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_parent_that_is_cancelled_waits_for_it()
    {
        await using var inner = new MemorySessionStore();
        var child = await BeginAsync(inner, new());
        var store = new DamagedStore(inner, child) { IsDamaged = true };
        await using var second = new AgentRuntime(store, s_options);
        var parent = await second.ResumeAsync(new Binder(new()), "p", Ct);
        var result = parent.Result;
        await parent.CancelAsync(Ct);
        await UntilAsync(() => store.Reads >= 4);
        Assert.False(result.IsCompleted);

        store.IsDamaged = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => result);
        Assert.Equal(SessionState.Cancelled, (await inner.FindAsync(child, Ct))!.State);
    }

    private static async Task<string> BeginAsync(MemorySessionStore store, Deployment deployment)
    {
        await using var first = new AgentRuntime(store, s_options);
        await first.StartAsync(new Binder(deployment), "text", new() { Id = "p" }, Ct);
        IReadOnlyList<SessionInfo> children = [];
        await UntilAsync(async () =>
        {
            children = await store.ListAsync(new() { Parent = "p" }, Ct);
            return children is [{ State: SessionState.Suspended }];
        });
        return children[0].Id;
    }

    /// <summary>The door reads the child, too, and refuses while it cannot.</summary>
    private static async Task SignAsync(AgentRuntime runtime, Deployment deployment, string child)
    {
        if (deployment.IsNew)
        {
            await (await runtime.FindAsync(new LatterPage(), child, Ct))!.SignAsync("me", cancellationToken: Ct);
        }
        else
        {
            await (await runtime.FindAsync(new FormerPage(), child, Ct))!.SignAsync("me", cancellationToken: Ct);
        }
    }

    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(1, Ct); // The runtime's loop runs on a thread of its own.
        }
    }

    private sealed class DamagedStore(ISessionStore inner, string id) : ForwardingStore(inner)
    {
        private int _reads;

        public bool IsDamaged { get; set; }

        public int Reads => Volatile.Read(ref _reads);

        public override IAsyncEnumerable<JournalRecord> ReadAsync(string session, long after, CancellationToken cancellationToken = default)
        {
            if (session == id && IsDamaged)
            {
                Interlocked.Increment(ref _reads);
                throw new DamagedSessionException(session, "a sector cannot be read");
            }

            return base.ReadAsync(session, after, cancellationToken);
        }
    }

    /// <summary>A store in which one of so many attempts to read a child fails, beginning with the first: its journal, or what is known of it.</summary>
    private sealed class FailingStore(ISessionStore inner, Func<SessionInfo, bool, bool> fails, int oneIn) : ForwardingStore(inner)
    {
        private int _reads;

        public int Failures => (Volatile.Read(ref _reads) + oneIn - 1) / oneIn;

        public override async IAsyncEnumerable<JournalRecord> ReadAsync(string session, long after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Check(await base.FindAsync(session, cancellationToken), isJournal: true);
            await foreach (var record in base.ReadAsync(session, after, cancellationToken))
            {
                yield return record;
            }
        }

        public override async ValueTask<SessionInfo?> FindAsync(string session, CancellationToken cancellationToken = default)
        {
            var found = await base.FindAsync(session, cancellationToken);
            Check(found, isJournal: false);
            return found;
        }

        private void Check(SessionInfo? found, bool isJournal)
        {
            if (found is { Parent: not null } && fails(found, isJournal) && Interlocked.Increment(ref _reads) % oneIn == 1)
            {
                throw new DamagedSessionException(found.Id, "a sector cannot be read");
            }
        }
    }
}

/// <summary>Which version is deployed, and for how long its children are waited for.</summary>
public sealed class Deployment
{
    public bool IsNew { get; set; }

    public CancellationTokenSource Ends { get; } = new();
}

[Agent]
public sealed partial class Planner(Plan plan)
{
    [Action]
    private async Task<string> Run(ActionContext context, CancellationToken ct) => (await context.RunPlanAsync(plan, default, ct)).Outputs["a"].GetRawText();
}

[Agent]
public sealed partial class InAHurry(Deployment deployment)
{
    [Action]
    private async Task<string> Bind([Input] string text, ActionContext context, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deployment.Ends.Token);
        try
        {
            return await context.RunChildAsync(new FormerPage(), text, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "not in time";
        }
    }
}

[Agent]
public sealed partial class Binder(Deployment deployment)
{
    [Action]
    private async Task<string> Bind([Input] string text, ActionContext context, CancellationToken cancellationToken) => deployment.IsNew
        ? await context.RunChildAsync(new LatterPage(), text, cancellationToken)
        : await context.RunChildAsync(new FormerPage(), text, cancellationToken);
}

public sealed record FormerDraft(string Text);

[Agent(Name = "regressions/page")]
public sealed partial class FormerPage
{
    [Action]
    private static FormerDraft Write([Input] string text) => new(text);

    [Signal]
    private partial Task<string> Sign(FormerDraft write);

    [Action]
    private static string Print(FormerDraft write, string sign) => $"{write.Text} by {sign}";
}

public sealed record LatterDraft(string Text, int Length);

[Agent(Name = "regressions/page")]
public sealed partial class LatterPage
{
    private static int s_upcasts;

    public static bool IsBroken { get; set; }

    public static int Upcasts => Volatile.Read(ref s_upcasts);

    [Action]
    private static LatterDraft Write([Input] string text) => new(text, text.Length);

    [Signal]
    private partial Task<string> Sign(LatterDraft write);

    [Action]
    private static string Print(LatterDraft write, string sign) => $"{write.Text} of {write.Length} by {sign}";

    [Upcast(nameof(Write))]
    private static LatterDraft Read(FormerDraft former)
    {
        Interlocked.Increment(ref s_upcasts);
        return IsBroken ? throw new InvalidOperationException("a bug") : new(former.Text, former.Text.Length);
    }
}
