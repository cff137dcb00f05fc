namespace AgentFlow.Tests.Regressions;

/// <summary>Elements of a for-each told nothing of their completion, in sessions nor of their failure.</summary>
public sealed class ElementsToldNothingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task A_stream_tells_of_each()
    {
        var told = new List<string>();
        await foreach (var e in new TellsElements().StreamAsync(3, cancellationToken: Ct))
        {
            Tell(told, e);
        }

        Assert.Equal(["0: !", "1: 10", "2: !"], told.Order(StringComparer.Ordinal));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_tells_of_each_as_it_happens_and_from_its_journal(bool isRead)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var agent = new TellsElements();
        if (!isRead)
        {
            agent.Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        var session = await runtime.StartAsync(agent, 3, cancellationToken: Ct);
        if (isRead)
        {
            Assert.Equal(1, await session.Result.WaitAsync(Patience, Ct));
        }

        var told = new List<string>();
        await foreach (var e in session.Events(Ct))
        {
            Tell(told, e);
            if (e.Kind == AgentEventKind.ActionCompleted && e.Action == "Numbers")
            {
                agent.Gate?.TrySetResult();
            }
        }

        Assert.Equal(["0: !", "1: 10", "2: !"], told.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 300_000)]
    public async Task Sensitive_elements_are_left_out()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Encryption = new("k", new Dictionary<string, byte[]> { ["k"] = new byte[32] }) });
        var session = await runtime.StartAsync(new TellsSecrets(), 2, cancellationToken: Ct);
        await session.Result.WaitAsync(Patience, Ct);
        var count = 0;
        await foreach (var e in session.Events(Ct))
        {
            count += Check(e);
        }

        await foreach (var e in new TellsSecrets().StreamAsync(2, cancellationToken: Ct))
        {
            count += Check(e);
        }

        Assert.Equal(4, count);

        static int Check(in AgentEvent e)
        {
            if (e is not { Item: not null, Kind: AgentEventKind.ActionCompleted })
            {
                return 0;
            }

            Assert.True(e.IsSensitive);
            Assert.False(e.TryGetValue<string>(out _));
            return 1;
        }
    }

    private static void Tell(List<string> told, in AgentEvent e)
    {
        if (e.Item is not { } item)
        {
            return;
        }

        Assert.Equal("Each", e.Action);
        if (e.Kind == AgentEventKind.ActionCompleted)
        {
            Assert.True(e.TryGetValue<int>(out var value));
            told.Add($"{item}: {value}");
        }
        else if (e.Kind == AgentEventKind.ActionFailed)
        {
            Assert.Contains("even", e.Exception!.Message, StringComparison.Ordinal);
            told.Add($"{item}: !");
        }
    }
}

[Agent]
public sealed partial class TellsElements
{
    internal TaskCompletionSource? Gate { get; set; }

    [Action]
    private static int[] Numbers([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Numbers), AllowPartialFailure = true, MaxParallel = 2)]
    private async Task<int> Each([Item] int number)
    {
        await (Gate?.Task ?? Task.CompletedTask);
        await Task.Yield();
        return number % 2 == 1 ? number * 10 : throw new FormatException("It is even.");
    }

    [Action, Result]
    private static int Count([From(nameof(Each))] int[] each) => each.Length;
}

[Agent]
public sealed partial class TellsSecrets
{
    [Action]
    private static int[] Numbers([Input] int count) => [.. Enumerable.Range(0, count)];

    [Action, ForEach(nameof(Numbers))]
    [return: Sensitive]
    private static string Each([Item] int number) => $"secret {number}";

    [Action, Result]
    private static int Count([From(nameof(Each))] string[] each) => each.Length;
}
