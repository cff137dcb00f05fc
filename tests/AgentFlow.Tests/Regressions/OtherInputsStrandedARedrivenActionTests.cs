using System.Collections.Concurrent;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// An action that had failed with its child was given something else when its session was redriven: what it is made of had been undone, and was made
/// anew. Its child was refused as one with other inputs, each time, so that the session never completed.
/// </summary>
public sealed class OtherInputsStrandedARedrivenActionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_action_whose_inputs_were_made_anew_has_another_child()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var depot = new Depot { Failures = 2 };
        var order = new Delivery(depot);
        await FailsAsync(await runtime.StartAsync(order, "Ada", new() { Id = "s" }, Ct));
        await FailsAsync(await runtime.RedriveAsync(order, "s", Ct));
        var session = await runtime.RedriveAsync(order, "s", Ct);
        Assert.Equal("shipped place 3", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["place 3"], depot.Reserved);
        Assert.Equal(["place 1", "place 2", "place 3"], depot.Labels);
        Assert.Equal(["s~1.-.0#1.1.Ship", "s~1.-.0#2.1.Ship", "s~1.-.0.1.Ship"], await ChildrenAsync(store));
    }

    [Fact]
    public async Task One_whose_inputs_are_the_same_keeps_its_child()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var depot = new Depot { Failures = 1, HasOnePlace = true };
        var order = new Delivery(depot);
        await FailsAsync(await runtime.StartAsync(order, "Ada", new() { Id = "s" }, Ct));
        var session = await runtime.RedriveAsync(order, "s", Ct);
        Assert.Equal("shipped place 1", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["place 1"], depot.Labels);
        Assert.Equal(["s~1.-.0.1.Ship"], await ChildrenAsync(store));
    }

    [Fact]
    public async Task What_happens_at_most_once_does_not_happen_in_another_child()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var depot = new Depot { Failures = 1 };
        var order = new PaidDelivery(depot);
        await FailsAsync(await runtime.StartAsync(order, "Ada", new() { Id = "s" }, Ct));
        var failed = await FailsAsync(await runtime.RedriveAsync(order, "s", Ct));
        Assert.Contains("'Pay', which happens at most once, was begun", failed.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(["place 1"], depot.Paid);
    }

    [Fact]
    public async Task A_race_whose_winner_was_undone_may_be_won_by_another()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var depot = new Depot { Failures = 1 };
        var order = new RacedDelivery(depot);
        await FailsAsync(await runtime.StartAsync(order, "Ada", new() { Id = "s" }, Ct));
        Assert.Equal(["place 1"], depot.Labels);
        var session = await runtime.RedriveAsync(order, "s", Ct);
        Assert.Equal("shipped the shelf", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["place 1", "the shelf"], depot.Labels.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_action_that_another_cut_short_has_another_child_too()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var depot = new Depot { Failures = 1 };
        var hasty = new HastyDelivery(depot);
        await FailsAsync(await runtime.StartAsync(hasty, "Ada", new() { Id = "s" }, Ct));
        Assert.Equal(["place 1"], depot.Labels);
        var session = await runtime.RedriveAsync(hasty, "s", Ct);
        Assert.Equal("checked, shipped place 2", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["place 1", "place 2"], depot.Labels);
    }

    private static async Task<ActionFailedException> FailsAsync(Session session) =>
        await Assert.ThrowsAsync<ActionFailedException>(() => session switch
        {
            Session<Delivery, string> delivery => delivery.Result,
            Session<PaidDelivery, string> paid => paid.Result,
            Session<RacedDelivery, string> raced => raced.Result,
            Session<HastyDelivery, string> hasty => hasty.Result,
            _ => throw new ArgumentException("another session", nameof(session)),
        });

    private static async Task<List<string>> ChildrenAsync(MemorySessionStore store) =>
        [.. (await store.ListAsync(new() { Parent = "s" }, Ct)).Select(static s => s.Id).Order(StringComparer.Ordinal)];
}

public sealed class Depot
{
    private int _places;

    /// <summary>How many shipments fail.</summary>
    public int Failures { get; set; }

    public bool HasOnePlace { get; init; }

    public ConcurrentBag<string> Reserved { get; } = [];

    public ConcurrentQueue<string> Labels { get; } = [];

    public ConcurrentQueue<string> Paid { get; } = [];

    /// <summary>Completes when something has been labelled.</summary>
    public TaskCompletionSource Labelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Reserve()
    {
        var place = HasOnePlace ? "place 1" : $"place {++_places}";
        Reserved.Add(place);
        return place;
    }

    public void Release() => Reserved.TryTake(out _);

    public string Ship(string place) => Failures-- > 0 ? throw new InvalidOperationException("no van") : "shipped " + place;
}

[Agent]
public sealed partial class Delivery(Depot depot)
{
    [Action, Compensate(nameof(Release))]
    private string Reserve([Input] string customer) => depot.Reserve();

    private void Release(string place) => depot.Release();

    [Action, Result]
    private async Task<string> Ship([From(nameof(Reserve))] string place, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new Shipment(depot), place, ct);
}

[Agent]
public sealed partial class Shipment(Depot depot)
{
    [Action]
    private string Label([Input] string place)
    {
        depot.Labels.Enqueue(place);
        return place;
    }

    [Action, Result]
    private string Send([From(nameof(Label))] string label) => depot.Ship(label);
}

[Agent]
public sealed partial class PaidDelivery(Depot depot)
{
    [Action, Compensate(nameof(Release))]
    private string Reserve([Input] string customer) => depot.Reserve();

    private void Release(string place) => depot.Release();

    [Action, Result]
    private async Task<string> Ship([From(nameof(Reserve))] string place, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new Forwarding(depot), place, ct);
}

/// <summary>What is paid is paid in a child of its own.</summary>
[Agent]
public sealed partial class Forwarding(Depot depot)
{
    [Action]
    private async Task<string> Settle([Input] string place, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new Prepayment(depot), place, ct);

    [Action, Result]
    private string Send([From(nameof(Settle))] string paid) => depot.Ship(paid);
}

[Agent]
public sealed partial class Prepayment(Depot depot)
{
    [Action(Effect = Effect.AtMostOnce), Result]
    private string Pay([Input] string place)
    {
        depot.Paid.Enqueue(place);
        return place;
    }
}

[Agent]
public sealed partial class RacedDelivery(Depot depot)
{
    [Action(Priority = 2), Compensate(nameof(Release))]
    private string Reserve([Input] string customer) => depot.Reserve();

    private void Release(string place) => depot.Release();

    [Action, DependsOn(nameof(Reserve))]
    private string Shelf() => "the shelf";

    [Action, Result]
    private async Task<string> Ship([From(nameof(Reserve), nameof(Shelf), Take = Take.First)] string place, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new Shipment(depot), place, ct);
}

/// <summary>Fails while its child is at work.</summary>
[Agent]
public sealed partial class HastyDelivery(Depot depot)
{
    [Action, Compensate(nameof(Release))]
    private string Reserve([Input] string customer) => depot.Reserve();

    private void Release(string place) => depot.Release();

    [Action]
    private async Task<string> Ship([From(nameof(Reserve))] string place, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new SlowShipment(depot), place, ct);

    [Action]
    private async Task<string> Check(CancellationToken ct)
    {
        await depot.Labelled.Task.WaitAsync(ct);
        return depot.Failures-- > 0 ? throw new InvalidOperationException("no address") : "checked";
    }

    [Action, Result]
    private string Report([From(nameof(Check))] string check, [From(nameof(Ship))] string shipped) => $"{check}, {shipped}";
}

[Agent]
public sealed partial class SlowShipment(Depot depot)
{
    [Action, Result]
    private async Task<string> Send([Input] string place, CancellationToken ct)
    {
        depot.Labels.Enqueue(place);
        if (depot.Labelled.TrySetResult())
        {
            await Task.Delay(Timeout.Infinite, ct);
        }

        return "shipped " + place;
    }
}
