namespace AgentFlow.Tests.Regressions;

/// <summary>
/// What happens at most once, and failed, was begun again when the action that runs it in a child was retried: nobody had asked for that.
/// </summary>
public sealed class AnAttemptOfTheParentPaidAgainTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_begun_once_whatever_the_parent_tries()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var buyer = new RetryingBuyer();
        var session = await runtime.StartAsync(buyer, 7, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(3, buyer.Attempts);
        Assert.Equal(1, buyer.Payer.Begun);

        // A person has it done again.
        buyer.Payer.Works = true;
        var child = (await store.ListAsync(new() { Parent = "s" }, Ct)).Single();
        await (await runtime.RedriveAsync(buyer.Payer, child.Id, Ct)).Result.WaitAsync(Patience, Ct);
        var again = await runtime.RedriveAsync(buyer, "s", Ct);
        Assert.Equal(7, await again.Result.WaitAsync(Patience, Ct));
        Assert.Equal(2, buyer.Payer.Begun);
    }
}

/// <summary>Has somebody pay, three times if need be.</summary>
[Agent]
public sealed partial class RetryingBuyer
{
    private int _attempts;

    public SinglePayer Payer { get; } = new();

    public int Attempts => _attempts;

    [Action, Retry(3, Delay = "00:00:00", On = [typeof(Exception)])]
    private async Task<int> Buy([Input] int amount, ActionContext context, CancellationToken ct)
    {
        Interlocked.Increment(ref _attempts);
        return await context.RunChildAsync(Payer, amount, ct);
    }
}

/// <summary>Pays, if it works.</summary>
[Agent]
public sealed partial class SinglePayer
{
    private int _begun;

    public bool Works { get; set; }

    public int Begun => _begun;

    [Action(Effect = Effect.AtMostOnce)]
    private int Pay([Input] int amount)
    {
        Interlocked.Increment(ref _begun);
        return Works ? amount : throw new TimeoutException("The bank does not answer.");
    }
}
