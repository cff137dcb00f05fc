using System.ComponentModel;
using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>A call of an at-most-once tool that a crash has left in doubt is settled by its index, and the model is told what became of it.</summary>
public sealed class ToolCallsInDoubtCanBeSettledTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_in_doubt_can_be_settled()
    {
        var bank = new Bank();
        await using var store = new MemorySessionStore();
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero }))
        {
            await first.StartAsync(Agent(bank), "Pay.", new() { Id = "s" }, Ct);
            await bank.Reached.Task.WaitAsync(Patience, Ct);
        }

        await using var runtime = new AgentRuntime(store);
        var session = await runtime.ResumeAsync(Agent(bank), "s", Ct);
        var doubt = Assert.Single((await Assert.ThrowsAsync<UncertainSessionException>(() => session.Result.WaitAsync(Patience, Ct))).InDoubt);
        Assert.Equal(0, doubt.Item);
        await runtime.SettleAsync(Agent(bank), "s", doubt.Action, doubt.Item!.Value, Settlement.Completed(new ToolResult("a", "paid, says the bank")), Ct);
        Assert.Equal("paid, says the bank", (await session.Result.WaitAsync(Patience, Ct)).Text);
        Assert.Equal(1, bank.Calls);
    }

    private static ReActAgent Agent(Bank bank) => new(
        new ScriptedChatClient(static request => request.Messages.SelectMany(static m => m.Contents).OfType<Microsoft.Extensions.AI.FunctionResultContent>().FirstOrDefault() is { } result
            ? ScriptedReply.FromString(result.Result!.ToString()!)
            : ScriptedReply.Calls(new ScriptedToolCall("Pay", """{"amount":5}""", "a"))),
        new ToolRegistry().AddRange(bank.Tools));
}

public sealed partial class Bank
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.NotRequired), Description("Pays.")]
    private async Task<string> Pay([Description("How much")] int amount, CancellationToken ct)
    {
        Interlocked.Increment(ref _calls);
        Reached.SetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        return $"paid {amount}";
    }
}
