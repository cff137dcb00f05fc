using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Tools that misbehave.</summary>
public sealed partial class Trouble
{
    /// <summary>How often the gate was passed.</summary>
    public int Passed { get; private set; }

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails.</summary>
    [Tool]
    public static string Fail() => throw new InvalidOperationException("password: hunter2");

    /// <summary>Never ends, and does not look at its token.</summary>
    [Tool]
    public async Task Hang()
    {
        Entered.SetResult();
        await new TaskCompletionSource().Task;
    }

    /// <summary>Says much.</summary>
    /// <param name="length">How much.</param>
    [Tool]
    public static string Talk(int length) => new('x', length);

    /// <summary>Passes a gate.</summary>
    /// <param name="gate">Which.</param>
    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.Required)]
    public int Pass(string gate) => ++Passed;
}

/// <summary>What comes back to a model.</summary>
public sealed class ToolInvokerTests
{
    private readonly Trouble _trouble = new();

    [Fact]
    public async Task A_call_is_made_and_its_result_comes_back()
    {
        var result = await InvokeAsync("Talk", """{"length":3}""");
        Assert.Equal("c1", result.CallId);
        Assert.Equal("xxx", result.Result);
        Assert.Null(result.Exception);
    }

    [Fact]
    public async Task An_unknown_tool_is_answered_with_the_nearest()
    {
        var result = await InvokeAsync("Tlak", "{}");
        Assert.Equal("Error: There is no tool 'Tlak'; did you mean 'Talk'?", result.Result);
        Assert.IsType<KeyNotFoundException>(result.Exception);
        Assert.Equal("Error: There is no tool 'quite_another'; there are Fail, Hang, Pass, Talk", (await InvokeAsync("quite_another", "{}")).Result);
        Assert.InRange(((string)(await InvokeAsync(new string('z', 100_000), "{}")).Result!).Length, 1, 300);
    }

    [Fact]
    public async Task Invalid_arguments_are_answered_with_everything_that_is_wrong()
    {
        var result = await InvokeAsync("Talk", """{"length":"3","lenght":4}""");
        Assert.Equal(
            "Error: The arguments of tool 'Talk' are invalid; correct them and call it again:\n$.length: expected an integer, got \"3\"\n$.lenght: unknown; did you mean 'length'?",
            result.Result);
    }

    [Fact]
    public async Task A_failure_tells_its_kind_and_no_more_unless_that_is_wanted()
    {
        var result = await InvokeAsync("Fail", "{}");
        Assert.Equal("Error: 'Fail' failed with InvalidOperationException. Try other arguments or another way.", result.Result);
        Assert.Equal("password: hunter2", result.Exception!.Message);
        var talkative = await InvokeAsync("Fail", "{}", new() { IncludeErrorMessages = true });
        Assert.Contains("hunter2", (string)talkative.Result!, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", (string)talkative.Result!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_result_is_cut_off_and_says_so()
    {
        var result = (string)(await InvokeAsync("Talk", """{"length":1000}""", new() { MaxResultLength = 100 })).Result!;
        Assert.Equal(100, result.Length);
        Assert.EndsWith("… [cut off: 1000 characters]", result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_hangs_is_left_behind_when_its_time_is_up()
    {
        var clock = new ManualTimeProvider();
        var running = InvokeAsync("Hang", "{}", new() { Timeout = TimeSpan.FromSeconds(30), TimeProvider = clock });
        await _trouble.Entered.Task;
        Assert.False(running.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(30));
        var result = await running;
        Assert.Equal("Error: 'Hang' took longer than 30 s and was cancelled. Whether it had an effect is not known.", result.Result);
        Assert.IsType<TimeoutException>(result.Exception);
    }

    [Fact]
    public async Task The_callers_cancellation_passes_through()
    {
        using var stop = new CancellationTokenSource();
        var invoker = new ToolInvoker(new ToolRegistry().AddRange(_trouble.Tools), new() { Timeout = TimeSpan.FromHours(1) });
        var running = invoker.InvokeAsync(Call("Hang", "{}"), cancellationToken: stop.Token);
        await _trouble.Entered.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await running);
    }

    [Fact]
    public async Task What_needs_approval_is_called_with_one_for_exactly_that_call_and_no_other()
    {
        var call = Call("Pass", """{"gate":"a"}""");
        Assert.IsType<ToolApprovalRequiredException>((await InvokeAsync(call, null)).Exception);
        var request = ToolApproval.Request(call);
        Assert.IsType<ToolApprovalRequiredException>((await InvokeAsync(call, request)).Exception);
        Assert.IsType<ToolApprovalRequiredException>((await InvokeAsync(Call("Pass", """{"gate":"b"}"""), request.Grant())).Exception);
        Assert.Equal("Error: The call of 'Pass' was not approved: too late. Do not try it again unless you are asked to.", (await InvokeAsync(call, request.Deny("too late"))).Result);
        Assert.Equal(0, _trouble.Passed);

        Assert.Null((await InvokeAsync(call, request.Grant())).Exception);
        Assert.Equal(1, _trouble.Passed);
        Assert.Throws<InvalidOperationException>(() => request.Grant().Deny());
    }

    [Fact]
    public async Task Nobody_is_asked_to_approve_a_call_that_cannot_be_made()
    {
        var invoker = new ToolInvoker(new ToolRegistry().AddRange(_trouble.Tools));
        Assert.True(invoker.NeedsApproval(Call("Pass", """{"gate":"a"}""")));
        Assert.False(invoker.NeedsApproval(Call("Pass", """{"gate":7}""")));
        Assert.False(invoker.NeedsApproval(Call("Pass", "{}")));
        Assert.False(invoker.NeedsApproval(Call("Talk", """{"length":3}""")));
        Assert.False(invoker.NeedsApproval(Call("Nowhere", "{}")));
        var result = await InvokeAsync(Call("Pass", """{"gate":7}"""), null);
        Assert.Equal("Error: The arguments of tool 'Pass' are invalid; correct them and call it again:\n$.gate: expected a string, got 7", result.Result);
        Assert.Equal(0, _trouble.Passed);
    }

    [Fact]
    public async Task The_ecosystems_own_mark_counts_as_well()
    {
        var tools = new ToolRegistry().Add(new ApprovalRequiredAIFunction(AIFunctionFactory.Create(() => 1, "one")));
        var result = await new ToolInvoker(tools).InvokeAsync(Call("one", "{}"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.IsType<ToolApprovalRequiredException>(result.Exception);
    }

    internal static FunctionCallContent Call(string name, string json, string id = "c1") =>
        new(id, name, JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(static p => p.Name, static p => (object?)p.Value));

    private Task<FunctionResultContent> InvokeAsync(string name, string json, ToolInvokerOptions? options = null) =>
        new ToolInvoker(new ToolRegistry().AddRange(_trouble.Tools), options).InvokeAsync(Call(name, json), cancellationToken: TestContext.Current.CancellationToken).AsTask();

    private Task<FunctionResultContent> InvokeAsync(FunctionCallContent call, ToolApproval? approval) =>
        new ToolInvoker(new ToolRegistry().AddRange(_trouble.Tools)).InvokeAsync(call, new() { Approval = approval }, TestContext.Current.CancellationToken).AsTask();
}
