using System.Globalization;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Patterns;

/// <summary>Every pattern over real HTTP, with a model that is never satisfied, uses up tokens, or does not answer at all: it stays within its bounds and gives what it has.</summary>
public sealed class BoundedThinkingTests
{
    private const int TokensPerCall = 100;

    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(100);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("react", 4, "StepLimit")]
    [InlineData("refinement", 6, "Rounds")]
    [InlineData("reflexion", 6, "Rounds")]
    [InlineData("chain", 2, "None")]
    [InlineData("decomposition", 10, "None")] // Three divisions, four parts, three joins.
    [InlineData("plan", 3, "Rounds")]
    public async Task Steps_are_bounded(string pattern, int requests, string end)
    {
        await using var server = ChatServer.Start(request => Dissatisfied(pattern, request));
        using var model = Client(server);
        Assert.Equal(end, (await RunAsync(pattern, model, new Bounds(null, null), RunOptions.Default)).End);
        Assert.Equal(requests, server.Chats.Count);
    }

    [Theory, InlineData("react"), InlineData("refinement"), InlineData("reflexion"), InlineData("chain"), InlineData("decomposition"), InlineData("plan")]
    public async Task The_longest_time_there_is_bounds_nothing(string pattern)
    {
        await using var server = ChatServer.Start(request => Dissatisfied(pattern, request));
        using var model = Client(server);
        Assert.NotEqual("TimeoutException", (await RunAsync(pattern, model, new Bounds(null, TimeSpan.MaxValue), RunOptions.Default)).End);
    }

    [Theory]
    [InlineData("react", 150, 3, "TokenLimit")] // The third has to answer.
    [InlineData("refinement", 150, 2, "Tokens")]
    [InlineData("refinement", 250, 4, "Tokens")]
    [InlineData("reflexion", 150, 2, "Tokens")]
    [InlineData("chain", 100, 1, "Tokens")]
    [InlineData("decomposition", 100, 2, "None")] // Nothing is left for parts: done in one go.
    [InlineData("decomposition", 400, 6, "None")] // Each half has a third of what is left, and that is used up by its division.
    [InlineData("plan", 150, 2, "Tokens")]
    public async Task Tokens_are_bounded(string pattern, long tokens, int requests, string end)
    {
        await using var server = ChatServer.Start(request => Dissatisfied(pattern, request) with { Usage = new() { InputTokenCount = TokensPerCall - 10, OutputTokenCount = 10, TotalTokenCount = TokensPerCall } });
        using var model = Client(server);
        Assert.Equal(end, (await RunAsync(pattern, model, new Bounds(tokens, null), RunOptions.Default)).End);
        Assert.Equal(requests, server.Chats.Count);
    }

    [Theory]
    [InlineData("react", 1, null, "TimeoutException")] // The answer does not come either.
    [InlineData("react", 2, null, "TimeoutException")]
    [InlineData("refinement", 1, null, "TimeoutException")]
    [InlineData("refinement", 2, "draft 1", "Time")] // Not judged.
    [InlineData("refinement", 3, "draft 1", "Time")]
    [InlineData("refinement", 4, "draft 1", "Time")]
    [InlineData("reflexion", 1, null, "TimeoutException")]
    [InlineData("reflexion", 2, "attempt 1", "Time")]
    [InlineData("reflexion", 3, "attempt 1", "Time")]
    [InlineData("reflexion", 4, "attempt 2", "Time")]
    [InlineData("chain", 1, null, "TimeoutException")]
    [InlineData("chain", 2, "answer 1", "Time")]
    [InlineData("decomposition", 1, null, "TimeoutException")]
    [InlineData("plan", 1, null, "Time")]
    [InlineData("plan", 2, null, "Time")]
    public async Task Time_is_bounded_when_the_model_never_answers_again(string pattern, int n, string? text, string end)
    {
        var silence = new TaskCompletionSource();
        var asked = 0;
        await using var server = ChatServer.Start(request => Interlocked.Increment(ref asked) >= n ? Dissatisfied(pattern, request) with { Gate = silence.Task } : Dissatisfied(pattern, request));
        using var model = Client(server);
        var (outcome, took) = await RunInTimeAsync(pattern, model, server, n);
        Assert.Equal((text, end), outcome);
        Assert.Equal(MaxDuration, took);
        silence.SetResult();
    }

    [Theory]
    [InlineData(2, "TimeoutException", 75)] // The part is not done in its three quarters: there is nothing to put together.
    [InlineData(3, "TimeoutException", 56.25)] // Nor is the part's part, in three quarters of that.
    [InlineData(4, "Time", 100)] // What was made of the part is given as it is.
    [InlineData(5, "Time", 100)]
    public async Task A_divided_task_ends_in_time_wherever_the_model_falls_silent(int n, string end, double seconds)
    {
        var silence = new TaskCompletionSource();
        var asked = 0;
        await using var server = ChatServer.Start(request => Interlocked.Increment(ref asked) >= n ? Dissatisfied("decomposition", request) with { Gate = silence.Task } : Dissatisfied("decomposition", request));
        using var model = Client(server);
        var (outcome, took) = await RunInTimeAsync("decomposition", model, server, n);
        Assert.Equal(end, outcome.End);
        Assert.Equal(TimeSpan.FromSeconds(seconds), took);
        silence.SetResult();
    }

    [Fact]
    public async Task The_last_quarter_of_the_time_is_for_the_answer()
    {
        var silence = new TaskCompletionSource();
        await using var server = ChatServer.Start(request => request.Text.StartsWith("Answer now", StringComparison.Ordinal) ? "as far as I know" : Dissatisfied("react", request) with { Gate = silence.Task });
        using var model = Client(server);
        var clock = new ManualTimeProvider();
        var run = RunAsync("react", model, new Bounds(null, MaxDuration), new RunOptions { TimeProvider = clock });
        await server.WhenRequestedAsync(1, Ct);
        Assert.Equal(MaxDuration * 0.75, clock.NextTimer);
        clock.Advance(MaxDuration * 0.75);
        Assert.Equal(("as far as I know", "TimeLimit"), await run.WaitAsync(Patience, Ct));
        silence.SetResult();
    }

    [Fact]
    public async Task Tools_are_stopped_and_the_model_is_told_so()
    {
        var clock = new ManualTimeProvider();
        var tools = new SlowTools(8);
        using var model = new ScriptedChatClient(
            ScriptedReply.Calls([.. Enumerable.Range(0, 10).Select(static i => new ScriptedToolCall("Wait", "{}", $"c{i}"))]),
            "no answer yet");
        var run = new ReActAgent(model, new ToolRegistry().AddRange(tools.Tools), new() { MaxDuration = MaxDuration }).RunAsync("?", new RunOptions { TimeProvider = clock }, Ct).AsTask();

        // Eight at once; the last two have no time left.
        await tools.Waiting.WaitAsync(Ct);
        clock.Advance(MaxDuration * 0.75);
        var answer = await run.WaitAsync(Patience, Ct);
        Assert.Equal((ReActEnd.TimeLimit, "no answer yet", 8), (answer.End, answer.Text, tools.Calls));
        var told = model.Requests[1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.Result!.ToString()!).ToList();
        Assert.Equal(8, told.Count(static text => text.StartsWith("Stopped", StringComparison.Ordinal)));
        Assert.Equal(2, told.Count(static text => text.StartsWith("Not called", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Waiting_for_people_does_not_count()
    {
        var clock = new ManualTimeProvider();
        await using var runtime = new AgentRuntime(new MemorySessionStore(clock), new() { Run = new() { TimeProvider = clock } });
        var desk = new Desk();
        using var model = new ScriptedChatClient(ScriptedReply.Call("Refund", """{"order":7,"amount":80}"""), "Done.");
        var session = await runtime.StartAsync(new ReActAgent(model, new ToolRegistry().AddRange(desk.Tools), new() { MaxDuration = MaxDuration }), "Refund it.", new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        clock.Advance(TimeSpan.FromHours(5));
        await session.ApproveAsync([.. (await session.GetRequestsAsync(Ct)).Select(static request => request.Grant())], cancellationToken: Ct);
        var answer = await session.Result.WaitAsync(Patience, Ct);
        Assert.Equal((ReActEnd.Answered, "Done."), (answer.End, answer.Text));
        Assert.Equal(["refund 7 80"], desk.Log);
    }

    [Fact]
    public async Task After_a_crash_that_took_all_the_time_it_gives_what_is_recorded()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var silence = new TaskCompletionSource();
        using var model = new ScriptedChatClient("draft 1", """{"score":0.2,"problems":[],"advice":""}""", ScriptedReply.FromString("draft 2") with { Gate = silence.Task });
        var agent = new RefinementAgent(model, model, new() { MaxDuration = MaxDuration });
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero, Run = new() { TimeProvider = clock } }))
        {
            await first.StartAsync(agent, "Write.", new() { Id = "s" }, Ct);
            await model.WhenRequestedAsync(3, Ct);
        }

        clock.Advance(TimeSpan.FromHours(1));
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock } });
        var work = await (await runtime.ResumeAsync(agent, "s", Ct)).Result.WaitAsync(Patience, Ct);
        Assert.Equal(new RefinedWork("draft 1", 0.2, 1, 2, true, PatternLimit.Time), work);
        Assert.Equal(3, model.Requests.Count);
    }

    [Fact]
    public async Task After_a_crash_that_took_all_the_time_there_is_time_for_an_answer()
    {
        var clock = new ManualTimeProvider();
        await using var store = new MemorySessionStore(clock);
        var silence = new TaskCompletionSource();
        using var model = new ScriptedChatClient(ScriptedReply.Call("FindOrder", """{"customer":"Ada"}"""), ScriptedReply.FromString("never") with { Gate = silence.Task }, "broken lamps");
        var agent = new ReActAgent(model, new ToolRegistry().AddRange(new Desk().Tools), new() { MaxDuration = MaxDuration });
        await using (var first = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero, Run = new() { TimeProvider = clock } }))
        {
            await first.StartAsync(agent, "?", new() { Id = "s" }, Ct);
            await model.WhenRequestedAsync(2, Ct);
        }

        clock.Advance(TimeSpan.FromHours(1));
        await using var runtime = new AgentRuntime(store, new() { Run = new() { TimeProvider = clock } });
        var answer = await (await runtime.ResumeAsync(agent, "s", Ct)).Result.WaitAsync(Patience, Ct);
        Assert.Equal((ReActEnd.TimeLimit, "broken lamps"), (answer.End, answer.Text));
        Assert.Contains(model.Requests[2].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>(), static r => r.Result!.ToString()!.Contains("order 7 of Ada", StringComparison.Ordinal));
    }

    [Fact]
    public void Bounds_are_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new RefinementOptions { MaxTokens = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ReflexionOptions { MaxDuration = TimeSpan.Zero });
    }

    private static OpenAIChatClient Client(ChatServer server) => new(new OpenAIModelOptions { Model = "scripted", Endpoint = server.Endpoint });

    /// <summary>Runs a pattern whose n-th request and all after it are not answered; time passes only when nothing else can happen.</summary>
    private static async Task<((string? Text, string End) Outcome, TimeSpan Took)> RunInTimeAsync(string pattern, IChatClient model, ChatServer server, int n)
    {
        var clock = new ManualTimeProvider();
        var began = clock.GetUtcNow();
        var run = RunAsync(pattern, model, new Bounds(null, MaxDuration), new RunOptions { TimeProvider = clock });
        await Task.WhenAny(run, server.WhenRequestedAsync(n, Ct));
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, clock.WhenArmed()).WaitAsync(Patience, Ct);
            if (clock.NextTimer is { } next)
            {
                clock.Advance(next);
            }
        }

        return (await run, clock.GetUtcNow() - began);
    }

    private static async Task<(string? Text, string End)> RunAsync(string pattern, IChatClient model, Bounds bounds, RunOptions options)
    {
        try
        {
            switch (pattern)
            {
                case "react":
                    var answer = await new ReActAgent(model, new ToolRegistry().AddRange(new Desk().Tools), new() { MaxSteps = 4, MaxTokens = bounds.Tokens, MaxDuration = bounds.Duration }).RunAsync("task", options, Ct);
                    return (answer.Text, answer.End.ToString());
                case "refinement":
                    var work = await new RefinementAgent(model, model, new() { MaxTokens = bounds.Tokens, MaxDuration = bounds.Duration }).RunAsync("task", options, Ct);
                    return (work.Text, work.Limit.ToString());
                case "reflexion":
                    var learnt = await new ReflexionAgent(model, static (_, _, _) => new(new Evaluation(false, "no")), new() { MaxTokens = bounds.Tokens, MaxDuration = bounds.Duration }).RunAsync("task", options, Ct);
                    return (learnt.Text, learnt.Limit.ToString());
                case "chain":
                    var reasoned = await new ChainOfThoughtAgent(model, model, new() { MaxTokens = bounds.Tokens, MaxDuration = bounds.Duration }).RunAsync("task", options, Ct);
                    return (reasoned.Text, reasoned.Limit.ToString());
                case "decomposition":
                    // With one part at a time there is one call at a time, and the clock need not wait for another.
                    var solved = await new DecompositionAgent(model, new() { MaxSubtasks = bounds.Duration is null ? 2 : 1, MaxTokens = bounds.Tokens, MaxDuration = bounds.Duration }).RunAsync(new("task"), options, Ct);
                    return (solved.Text, solved.Limit.ToString());
                default:
                    var done = await new PlanAndExecuteAgent(model, new PlanCatalog().AddTools(new Desk().Tools.Where(static tool => tool.Name == "Broken")), new() { MaxTokens = bounds.Tokens, MaxDuration = bounds.Duration }).RunAsync("task", options, Ct);
                    return (done.Result?.GetRawText(), done.Limit.ToString());
            }
        }
        catch (ActionFailedException e) when (e.InnerException is TimeoutException)
        {
            return (null, nameof(TimeoutException));
        }
    }

    /// <summary>A model that always wants more.</summary>
    private static ScriptedReply Dissatisfied(string pattern, ScriptedRequest request)
    {
        var system = request.Messages[0].Text;
        return pattern switch
        {
            "react" when request.Text.StartsWith("Answer now", StringComparison.Ordinal) => "that is all",
            "react" => ScriptedReply.Call("FindOrder", $$"""{"customer":"{{request.Messages.Count}}"}"""),
            "refinement" when system.StartsWith("Judge", StringComparison.Ordinal) => """{"score":0.1,"problems":["bad"],"advice":"more"}""",
            "refinement" => $"draft {Drafts(request, "draft ")}",
            "reflexion" when system.StartsWith("An attempt", StringComparison.Ordinal) => "lesson",
            "reflexion" => $"attempt {system.Split("- lesson").Length}",
            "chain" => $$"""{"steps":["a"],"answer":"answer {{(request.Text.Contains("was not sure", StringComparison.Ordinal) ? 2 : 1)}}","confidence":0.1}""",
            "decomposition" when system.StartsWith("If the task", StringComparison.Ordinal) => $$"""{"subtasks":["{{request.Text}} left","{{request.Text}} right"]}""",
            "decomposition" => system.StartsWith("Do the task", StringComparison.Ordinal) ? $"done {request.Text}" : "joined",
            _ => """{"actions":[{"name":"break","target":"Broken"}]}""",
        };
    }

    private static string Drafts(ScriptedRequest request, string prefix) =>
        request.Messages.Select(static m => m.Text).LastOrDefault(text => text.StartsWith(prefix, StringComparison.Ordinal)) is { } last ? (int.Parse(last[prefix.Length..], CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture) : "1";

    private sealed record Bounds(long? Tokens, TimeSpan? Duration);
}

/// <summary>Tools that take for ever, unless they are stopped.</summary>
public sealed partial class SlowTools(int expected)
{
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    public int Calls => _calls;

    /// <summary>Completes when as many wait as are expected.</summary>
    public Task Waiting => _waiting.Task;

    /// <summary>Waits.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    [Tool(Effect = Effect.None)]
    private async Task<string> Wait(CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource<string>();
        if (Interlocked.Increment(ref _calls) == expected)
        {
            _waiting.SetResult();
        }

        return await never.Task.WaitAsync(cancellationToken);
    }
}
