namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Rerunning an action, or rolling back, paid again because the payment rested on what was chosen, though nobody had named it. And a session whose payment stood
/// while what it was made of had been made anew could not be brought to an end at all.
/// </summary>
public sealed class OperatorsPaidAgainTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rerunning_what_a_payment_rests_on_is_refused_unless_it_is_named()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var till = new Till { Fails = true };
        var sale = new CounterSale(till);
        await FailsAsync((await runtime.StartAsync(sale, "Ada", new() { Id = "s" }, Ct)).Result);
        var refused = await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RerunAsync(sale, "s", ["Price"], Ct).AsTask());
        Assert.Contains("'Pay', which happens at most once, has happened and would happen again; name it as well", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, till.Paid);

        till.Fails = false;
        Assert.Equal("sold", await (await runtime.RerunAsync(sale, "s", ["Price", "Pay"], Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(2, till.Paid);
    }

    [Fact]
    public async Task So_is_rerunning_what_a_child_rests_on_that_has_paid()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var till = new Till { Fails = true };
        var sale = new DelegatedSale(till);
        await FailsAsync((await runtime.StartAsync(sale, "Ada", new() { Id = "s" }, Ct)).Result);
        var refused = await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RerunAsync(sale, "s", ["Price"], Ct).AsTask());
        Assert.Contains("'Delegate' would have new children, but 'Pay', which happens at most once", refused.Message, StringComparison.Ordinal);

        till.Fails = false;
        Assert.Equal("sold", await (await runtime.RerunAsync(sale, "s", ["Price", "Delegate"], Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(2, till.Paid);
    }

    [Fact]
    public async Task It_is_refused_whatever_the_actions_are_called()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var till = new Till { Fails = true };
        var sale = new OddlyNamedSale(till);
        await FailsAsync((await runtime.StartAsync(sale, "Ada", new() { Id = "s" }, Ct)).Result);
        await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RerunAsync(sale, "s", ["Price"], Ct).AsTask());
        Assert.Equal(1, till.Paid);
    }

    [Fact]
    public async Task Rerunning_nothing_runs_what_has_failed_or_goes_on()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new ApprovedSale(new()), "Ada", new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct).WaitAsync(Patience, Ct));
        await session.PauseAsync(Ct);
        var again = await runtime.RerunAsync(new ApprovedSale(new()), "s", [], Ct);
        await again.ApproveAsync(true, cancellationToken: Ct);
        Assert.Equal("sold", await again.Result.WaitAsync(Patience, Ct));
    }

    [Fact]
    public async Task Rolling_back_over_a_payment_is_refused()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var till = new Till { Fails = true };
        var sale = new ApprovedSale(till);
        var session = await runtime.StartAsync(sale, "Ada", new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct).WaitAsync(Patience, Ct));
        await session.CheckpointAsync("before", Ct);
        await session.ApproveAsync(true, cancellationToken: Ct);
        await FailsAsync(session.Result);
        var refused = await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RollBackAsync(sale, "s", "before", Ct).AsTask());
        Assert.Contains("'Pay', which happens at most once", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, till.Paid);
    }

    [Fact]
    public async Task A_payment_in_a_child_that_is_called_with_something_else_happens_again_if_its_action_is_named()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var till = new Till { Fails = true };
        var sale = new ReservedSale(till);
        await FailsAsync((await runtime.StartAsync(sale, "Ada", new() { Id = "s" }, Ct)).Result);
        till.Fails = false;
        var failed = await FailsAsync((await runtime.RedriveAsync(sale, "s", Ct)).Result);
        Assert.Contains("Only RerunAsync of the action by its name has it all done anew", failed.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(1, till.Paid);

        Assert.Equal("sold", await (await runtime.RerunAsync(sale, "s", ["Delegate"], Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(2, till.Paid);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Elements_of_a_sequence_that_was_undone_are_not_mixed_with_those_of_the_next(int length)
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var till = new Till { Fails = true, Lengths = [3, length] };
        var hamper = new Hamper(till);
        await FailsAsync((await runtime.StartAsync(hamper, "Ada", new() { Id = "s" }, Ct)).Result);
        till.Fails = false;
        var result = await (await runtime.RedriveAsync(hamper, "s", Ct)).Result.WaitAsync(Patience, Ct);
        Assert.Equal(Enumerable.Range(0, length).Select(static k => $"done 2.{k}"), result);
    }

    [Fact]
    public async Task Elements_that_happen_at_most_once_keep_such_a_session_from_being_redriven()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var till = new Till { Fails = true, Lengths = [3, 3] };
        var hamper = new PaidHamper(till);
        await FailsAsync((await runtime.StartAsync(hamper, "Ada", new() { Id = "s" }, Ct)).Result);
        var refused = await Assert.ThrowsAsync<InvalidSessionTransitionException>(() => runtime.RedriveAsync(hamper, "s", Ct).AsTask());
        Assert.Contains("the sequence that 'Each' runs over was undone", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<ActionFailedException> FailsAsync<T>(Task<T> result) =>
        await Assert.ThrowsAsync<ActionFailedException>(() => result.WaitAsync(Patience, Ct));
}

public sealed class Till
{
    private int _reservations;
    private int _lists;

    public bool Fails { get; set; }

    public int Paid { get; private set; }

    public int[] Lengths { get; init; } = [];

    public string Reserve() => $"place {++_reservations}";

    public string Pay()
    {
        Paid++;
        return "paid";
    }

    public string Post() => Fails ? throw new InvalidOperationException("no post") : "sold";

    public string[] List()
    {
        var list = ++_lists;
        return [.. Enumerable.Range(0, Lengths[list - 1]).Select(k => $"{list}.{k}")];
    }

    public string Each(string item) => Fails && item == "1.2" ? throw new InvalidOperationException("no more") : "done " + item;
}

[Agent]
public sealed partial class CounterSale(Till till)
{
    [Action]
    private static string Price([Input] string customer) => customer + " 5";

    [Action(Effect = Effect.AtMostOnce)]
    private string Pay([From(nameof(Price))] string price) => till.Pay() + price;

    [Action, Result, DependsOn(nameof(Pay))]
    private string Post() => till.Post();
}

[Agent]
public sealed partial class DelegatedSale(Till till)
{
    [Action]
    private static string Price([Input] string customer) => customer + " 5";

    [Action]
    private async Task<string> Delegate([From(nameof(Price))] string price, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new TillCashier(till), price, ct);

    [Action, Result, DependsOn(nameof(Delegate))]
    private string Post() => till.Post();
}

[Agent]
public sealed partial class TillCashier(Till till)
{
    [Action(Effect = Effect.AtMostOnce), Result]
    private string Pay([Input] string price) => till.Pay() + price;
}

[Agent]
public sealed partial class ApprovedSale(Till till)
{
    [Signal]
    private partial Task<bool> Approve([Input] string customer);

    [Action(Effect = Effect.AtMostOnce)]
    private string Pay([From(nameof(Approve))] bool approved) => till.Pay() + approved;

    [Action, Result, DependsOn(nameof(Pay))]
    private string Post() => till.Post();
}

[Agent]
public sealed partial class ReservedSale(Till till)
{
    [Action, Compensate(nameof(Release))]
    private string Reserve([Input] string customer) => till.Reserve();

    private static void Release()
    {
    }

    [Action, Result]
    private async Task<string> Delegate([From(nameof(Reserve))] string place, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new PostingTillCashier(till), place, ct);
}

[Agent]
public sealed partial class PostingTillCashier(Till till)
{
    [Action(Effect = Effect.AtMostOnce)]
    private string Pay([Input] string price) => till.Pay() + price;

    [Action, Result, DependsOn(nameof(Pay))]
    private string Post() => till.Post();
}

[Agent]
public sealed partial class Hamper(Till till)
{
    [Action, Compensate(nameof(Forget))]
    private string[] List([Input] string customer) => till.List();

    private static void Forget()
    {
    }

    [Action, ForEach(nameof(List), MaxParallel = 1), Result]
    private string Each([Item] string item) => till.Each(item);
}

[Agent]
public sealed partial class PaidHamper(Till till)
{
    [Action, Compensate(nameof(Forget))]
    private string[] List([Input] string customer) => till.List();

    private static void Forget()
    {
    }

    [Action(Effect = Effect.AtMostOnce), ForEach(nameof(List), MaxParallel = 1), Result]
    private string Each([Item] string item) => till.Each(item);
}

[Agent]
public sealed partial class OddlyNamedSale(Till till)
{
    [Action]
    private static string Price([Input] string customer) => customer + " 5";

    [Action(Name = "1.De~legate")]
    private async Task<string> Delegate([From(nameof(Price))] string price, ActionContext context, CancellationToken ct) =>
        await context.RunChildAsync(new TillCashier(till), price, new ChildOptions { Key = "till~1.2" }, ct);

    [Action, Result, DependsOn(nameof(Delegate))]
    private string Post() => till.Post();
}
