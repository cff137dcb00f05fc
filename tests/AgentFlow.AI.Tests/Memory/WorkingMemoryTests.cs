using AgentFlow.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Memory;

/// <summary>Conversations that are kept within their tokens.</summary>
public sealed class WorkingMemoryTests
{
    private static readonly WorkingMemoryWindow Small = new(new() { MaxTokens = 200, MaxSummaryTokens = 40 });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fits_stays_as_it_is_and_no_model_is_asked()
    {
        using var model = new ScriptedChatClient();
        var memory = new WorkingMemory("Be kind.").Add(new Turn(TurnRole.User, "hello"), new Turn(TurnRole.Assistant, "hi"));
        Assert.Same(memory, await Small.FitAsync(memory, model, Ct));
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task The_instructions_and_the_latest_turns_stay_and_the_rest_is_summarised()
    {
        using var model = new ScriptedChatClient(static _ => "They counted to five.");
        var turns = Enumerable.Range(1, 12).Select(i => new Turn(i % 2 == 1 ? TurnRole.User : TurnRole.Assistant, $"turn {i} " + new string('x', 80))).ToArray();
        var fitted = await Small.FitAsync(new WorkingMemory("Be kind.").Add(turns), model, Ct);
        Assert.Equal("Be kind.", fitted.Instructions);
        Assert.Equal("They counted to five.", fitted.Summary);
        Assert.Equal(turns[^fitted.Turns.Length..], fitted.Turns);
        Assert.InRange(fitted.Turns.Length, 1, 6);
        Assert.Equal(12 - fitted.Turns.Length, fitted.LeftOut);
        Assert.Contains("turn 1 ", model.Requests[0].Text, StringComparison.Ordinal);
        Assert.All(model.Requests, static request => Assert.DoesNotContain("turn 12 ", request.Text, StringComparison.Ordinal));

        var messages = fitted.ToMessages();
        Assert.Equal(ChatRole.System, messages[0].Role);
        Assert.Equal(ChatRole.User, messages[1].Role);
        Assert.EndsWith("They counted to five.", messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_summary_goes_into_the_next_one()
    {
        using var model = new ScriptedChatClient("second");
        var memory = new WorkingMemory("") { Summary = "first" }.Add(Enumerable.Range(0, 10).Select(_ => new Turn(TurnRole.User, new string('y', 100))));
        Assert.Equal("second", (await Small.FitAsync(memory, model, Ct)).Summary);
        Assert.Contains("The summary so far:\nfirst", model.Requests[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_falls_out_is_summarised_in_parts_that_fit_into_a_request()
    {
        using var model = new ScriptedChatClient(request => $"summary {request.Text.Length}");
        var memory = new WorkingMemory("").Add(Enumerable.Range(0, 40).Select(i => new Turn(TurnRole.User, i + new string('z', 100))));
        var fitted = await Small.FitAsync(memory, model, Ct);
        Assert.InRange(model.Requests.Count, 4, 40);
        Assert.All(model.Requests, static request => Assert.True(request.Text.Length < 2000));
        Assert.All(Enumerable.Range(0, fitted.LeftOut), i => Assert.Contains(model.Requests, request => request.Text.Contains($"User: {i}z", StringComparison.Ordinal)));
    }

    [Fact]
    public void Instructions_that_leave_no_room_are_an_error_that_says_so()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Small.Fit(new WorkingMemory(new string('i', 1000)).Add(new Turn(TurnRole.User, "hello"))));
        Assert.Contains("MaxTokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_turn_that_is_too_long_is_cut()
    {
        var fitted = Small.Fit(new WorkingMemory("").Add(new Turn(TurnRole.User, new string('q', 5000))));
        Assert.EndsWith("… [shortened]", Assert.Single(fitted.Turns).Text, StringComparison.Ordinal);
        Assert.InRange(fitted.Turns[0].Text.Length, 300, 800);
    }

    [Fact]
    public void A_call_that_waits_for_its_result_is_shown_with_one_and_takes_the_real_one_later()
    {
        var memory = new WorkingMemory("").Add(new Turn(TurnRole.Assistant, "") { Calls = [new("1", "look", "{}")] });
        Assert.Equal("[no result was recorded]", ResultsOf(memory)["1"]);
        Assert.Equal("found", ResultsOf(memory.Add(new Turn(TurnRole.Tool, "") { Results = [new("1", "found")] }))["1"]);
    }

    [Fact]
    public void The_tokens_are_never_exceeded_and_no_call_is_without_its_result() =>
        Prop.ForAll(Conversations().ToArbitrary(), Gen.Choose(64, 400).ToArbitrary(), static (turns, tokens) =>
        {
            foreach (var count in new Func<string, int>?[] { null, static text => text.Length })
            {
                var window = new WorkingMemoryWindow(count is null ? new() { MaxTokens = tokens } : new() { MaxTokens = tokens * 4, CountTokens = count });
                using var model = new ScriptedChatClient(_ => new string('s', 3000));
                var memory = new WorkingMemory("Do it.");

                // As a conversation grows: fitted again and again.
                foreach (var turn in turns)
                {
                    memory = memory.Add(turn);
                    memory = turn.Calls.Length > 0 ? memory : window.FitAsync(memory, model).AsTask().GetAwaiter().GetResult();
                    if (turn.Calls.Length == 0)
                    {
                        Assert.True(window.Count(memory) <= (count is null ? tokens : tokens * 4));
                    }

                    Assert.Equal(CallsOf(memory).Order(StringComparer.Ordinal), ResultsOf(memory).Keys.Order(StringComparer.Ordinal));
                }

                // And all at once.
                var whole = window.Fit(new WorkingMemory("Do it.").Add(turns));
                Assert.True(window.Count(whole) <= (count is null ? tokens : tokens * 4));
                Assert.Equal(CallsOf(whole).Order(StringComparer.Ordinal), ResultsOf(whole).Keys.Order(StringComparer.Ordinal));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task In_an_action_the_summary_counts_as_the_agents_usage()
    {
        using var model = new ScriptedChatClient(ScriptedReply.FromString("short").WithUsage(600, 401), ScriptedReply.FromString("short").WithUsage(600, 400));
        var error = await Assert.ThrowsAsync<BudgetExceededException>(async () => await new Summarizer(model).RunAsync(20, Ct));
        Assert.Equal(1001, error.Spent);
        Assert.Equal("short", (await new Summarizer(model).RunAsync(20, Ct)).Summary);
        Assert.Equal(2, model.Requests.Count);
    }

    private static IEnumerable<string> CallsOf(WorkingMemory memory) => memory.ToMessages().SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static call => call.CallId);

    /// <exception cref="ArgumentException">A result is there twice.</exception>
    private static Dictionary<string, string> ResultsOf(WorkingMemory memory) =>
        memory.ToMessages().SelectMany(static m => m.Contents).OfType<FunctionResultContent>().ToDictionary(static result => result.CallId, static result => (string)result.Result!);

    /// <summary>Turns of any lengths, calls with their results in one turn or in several, some of them missing.</summary>
    private static Gen<Turn[]> Conversations() =>
        from parts in Gen.ArrayOf(
            from kind in Gen.Choose(0, 4)
            from length in Gen.Choose(0, 600)
            from calls in Gen.Choose(1, 3)
            from missing in Gen.Choose(0, 5)
            select (kind, length, calls, missing))
        select parts.SelectMany(static (part, i) => part.kind switch
        {
            0 => [new Turn(TurnRole.User, new string('u', part.length))],
            1 => [new Turn(TurnRole.Assistant, new string('ä', part.length))],
            2 => [new Turn(TurnRole.Tool, "") { Results = [new($"orphan{i}", new string('o', part.length))] }],
            _ => (Turn[])
            [
                new Turn(TurnRole.Assistant, "") { Calls = [.. Enumerable.Range(0, part.calls).Select(n => new ToolCall($"{i}.{n}", "look", "{\"at\":\"" + new string('a', part.length / 8) + "\"}"))] },
                .. Enumerable.Range(0, part.calls).Where(n => n != part.missing).Select(n => new Turn(TurnRole.Tool, "") { Results = [new($"{i}.{n}", new string('r', part.length))] }),
            ],
        }).ToArray();
}

/// <summary>Keeps a conversation short, in an action.</summary>
[Agent, Budget(Tokens = 1000)]
public sealed partial class Summarizer(IChatClient model)
{
    private readonly IChatClient _model = model;

    [Action]
    private async Task<WorkingMemory> Fit([Input] int turns, ActionContext context, CancellationToken cancellationToken) =>
        await new WorkingMemoryWindow(new() { MaxTokens = 400 }).FitAsync(
            new WorkingMemory("").Add(Enumerable.Range(0, turns).Select(static i => new Turn(TurnRole.User, $"{i} " + new string('x', 80)))), context, _model, cancellationToken);
}
