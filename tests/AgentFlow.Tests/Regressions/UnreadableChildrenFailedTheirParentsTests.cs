#pragma warning disable AF0220 // Two versions of an agent, one after the other.
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

    [Fact(Timeout = 60_000)]
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

    [Fact(Timeout = 60_000)]
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

    [Fact(Timeout = 60_000)]
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
}

/// <summary>Which version is deployed.</summary>
public sealed class Deployment
{
    public bool IsNew { get; set; }
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
