using AgentFlow.Testing;
using Microsoft.Extensions.AI;
using Polly.CircuitBreaker;

namespace AgentFlow.AI.Tests.Reactive;

/// <summary>Requests are classified and answered at once.</summary>
public class ReactiveAgentTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _handled = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, ReactiveOutcome, string?> Requests => new()
    {
        { "When do you open?", ReactiveOutcome.Handled, "hours" },
        { "  OPENING HOURS!! ", ReactiveOutcome.Handled, "hours" },
        { "I want my money back", ReactiveOutcome.Handled, "refund" },
        { "Money goes, back it comes", ReactiveOutcome.Default, null }, // The words of a phrase stand together.
        { "Reopening?", ReactiveOutcome.Default, null }, // Part of a word is not the word.
        { "refunds when you open", ReactiveOutcome.Default, null }, // Two classes, one keyword each.
        { "refund my order, money back, when you open", ReactiveOutcome.Default, null }, // 2 of 3.
        { "Tell me a joke", ReactiveOutcome.Default, null },
        { "", ReactiveOutcome.Refused, null },
        { " \t\n", ReactiveOutcome.Refused, null },
        { new string('x', 101), ReactiveOutcome.Refused, null },
    };

    [Theory, MemberData(nameof(Requests))]
    public async Task Requests_come_to_the_handler_of_their_class(string request, ReactiveOutcome outcome, string? handler)
    {
        var reply = await Agent().RunAsync(request, Ct);
        Assert.Equal((outcome, handler), (reply.Outcome, reply.Handler));
        Assert.Equal(outcome == ReactiveOutcome.Refused ? [] : [$"{handler}: {request.Trim()}"], _handled);
    }

    [Fact]
    public async Task What_a_handler_has_failed_with_is_seen_whole_by_whoever_watches()
    {
        var error = new FormatException("no");
        var seen = new List<Exception>();
        await foreach (var e in Agent(hours: _ => throw error, fallback: static (_, _, _, _) => new("later")).StreamAsync("opening hours", Ct))
        {
            if (e is { Kind: AgentEventKind.Custom, Name: "failure" } && e.TryGetValue<Exception>(out var failure))
            {
                seen.Add(failure);
            }
        }

        Assert.Same(error, Assert.Single(seen));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_takes_too_long_is_given_up(bool isClassifier)
    {
        var clock = new ManualTimeProvider();
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async ValueTask<T> HangAsync<T>(CancellationToken ct)
        {
            hangs.SetResult();
            return await new TaskCompletionSource<T>().Task.WaitAsync(ct);
        }

        var agent = new ReactiveAgent(new()
        {
            Handlers = [new("slow", (_, _, ct) => HangAsync<string>(ct))],
            Classifier = (_, _, ct) => isClassifier ? HangAsync<RequestClassification>(ct) : new(new RequestClassification("slow", 1, [])),
            Default = static (_, _, _) => new("what?"),
            Fallback = static (_, error, _, _) => new(error.GetType().Name),
            Timeout = TimeSpan.FromSeconds(5),
        });
        var run = agent.RunAsync("hello", new RunOptions { TimeProvider = clock }, Ct).AsTask();
        await hangs.Task.WaitAsync(Patience, Ct);
        clock.Advance(TimeSpan.FromSeconds(5));
        var reply = await run.WaitAsync(Patience, Ct);
        Assert.Equal(isClassifier ? ("what?", ReactiveOutcome.Default) : (nameof(TimeoutException), ReactiveOutcome.Fallback), (reply.Text, reply.Outcome));
    }

    [Fact]
    public async Task The_default_handler_knows_what_comes_into_question()
    {
        var asked = new List<string>();
        var agent = Agent(@default: (request, _, _) =>
        {
            asked.AddRange(request.Classification.Candidates);
            return new("Which?");
        });
        await agent.RunAsync("refund when you open", Ct);
        Assert.Equal(["hours", "refund"], asked);
    }

    [Theory, InlineData("hours", 0.9, "hours"), InlineData("hours", 0.5, null), InlineData("weather", 1, null), InlineData(null, 1, null), InlineData("hours", double.NaN, null)]
    public async Task A_classifier_of_ones_own_decides_and_unknown_classes_go_to_the_default(string? name, double confidence, string? handler)
    {
        var agent = Agent(classifier: (_, _, _) => new(new RequestClassification(name, confidence, [])));
        Assert.Equal(handler, (await agent.RunAsync("whatever", Ct)).Handler);
    }

    [Fact]
    public async Task Requests_that_are_alike_are_answered_once_where_that_is_allowed()
    {
        var agent = Agent();
        await agent.RunAsync("When do you open?", Ct);
        var reply = await agent.RunAsync("when do you OPEN", Ct);
        Assert.Equal((ReactiveOutcome.Cached, "hours: When do you open?"), (reply.Outcome, reply.Text));
        Assert.Equal(ReactiveOutcome.Handled, (await agent.RunAsync("When do you open on Sunday?", Ct)).Outcome);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(ReactiveOutcome.Handled, (await agent.RunAsync("When do you open?", Ct)).Outcome);

        // What has an effect is done each time.
        await agent.RunAsync("refund 12", Ct);
        Assert.Equal(ReactiveOutcome.Handled, (await agent.RunAsync("refund 12", Ct)).Outcome);
        Assert.Equal(5, _handled.Count);
    }

    [Fact]
    public async Task With_vectors_what_means_the_same_is_alike()
    {
        var agent = Agent(embeddings: new Vectors(static text => text.Contains("open", StringComparison.Ordinal) ? [1, text.Length / 1000f] : text.Contains("odd", StringComparison.Ordinal) ? [0, 0] : [0, 1]));
        await agent.RunAsync("when do you open", Ct);
        Assert.Equal(ReactiveOutcome.Cached, (await agent.RunAsync("at what hours are you open", Ct)).Outcome);
        Assert.Equal(ReactiveOutcome.Handled, (await agent.RunAsync("hours of work", Ct)).Outcome);
        await agent.RunAsync("odd hours", Ct);
        Assert.Equal(ReactiveOutcome.Handled, (await agent.RunAsync("odd hours", Ct)).Outcome); // A vector of zeros is like nothing.
    }

    [Fact]
    public async Task A_handler_that_fails_is_left_alone_for_a_while_and_the_others_are_not()
    {
        var failing = true;
        var agent = Agent(
            refund: _ => failing ? throw new IOException("down") : "refunded",
            fallback: static (_, error, _, _) => new(error.GetType().Name));
        for (var i = 0; i < 4; i++)
        {
            var reply = await agent.RunAsync($"refund {i}", Ct);
            Assert.Equal((ReactiveOutcome.Fallback, nameof(IOException), "refund"), (reply.Outcome, reply.Text, reply.Handler));
        }

        failing = false;
        Assert.Equal(nameof(BrokenCircuitException), (await agent.RunAsync("refund 4", Ct)).Text);
        Assert.Equal(4, _handled.Count); // The handler was not asked.
        Assert.Equal(ReactiveOutcome.Handled, (await agent.RunAsync("opening hours", Ct)).Outcome);
        _clock.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal("refunded", (await agent.RunAsync("refund 5", Ct)).Text);
    }

    [Fact]
    public async Task Without_a_fallback_the_run_fails_with_what_the_handler_threw()
    {
        var e = await Assert.ThrowsAsync<ActionFailedException>(() => Agent(refund: static _ => throw new IOException("down")).RunAsync("refund", Ct).AsTask());
        Assert.IsType<IOException>(e.InnerException);
    }

    [Fact]
    public async Task A_failed_reply_is_not_kept()
    {
        var count = 0;
        var agent = Agent(hours: _ => ++count == 1 ? throw new IOException() : "nine to five", fallback: static (_, _, _, _) => new("later"));
        Assert.Equal("later", (await agent.RunAsync("hours", Ct)).Text);
        Assert.Equal("nine to five", (await agent.RunAsync("hours", Ct)).Text);
        Assert.Equal(ReactiveOutcome.Cached, (await agent.RunAsync("hours", Ct)).Outcome);
    }

    [Fact]
    public async Task In_a_session_it_answers_as_it_does_without()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var agent = Agent();
        var session = await runtime.StartAsync(agent, "refund 7", new() { Id = "r" }, Ct);
        Assert.Equal("refund: refund 7", (await session.Result).Text);
    }

    [Fact]
    public async Task What_models_say_is_told_as_it_comes_and_their_usage_counts()
    {
        var model = new ScriptedChatClient("refund", "You get it back.");
        var agent = new ReactiveAgent(new()
        {
            Handlers = [new("refund", async (request, context, ct) => (await context.AskAsync(model, [new(ChatRole.User, request.Text)], cancellationToken: ct)).Text)],
            Default = static (_, _, _) => new("?"),
            Classifier = async (text, context, ct) => new((await context.AskAsync(model, [new(ChatRole.System, "Classify."), new(ChatRole.User, text)], cancellationToken: ct)).Text, 1, []),
        });
        var tokens = new Dictionary<string, string>();
        await foreach (var e in agent.StreamAsync("my money", Ct))
        {
            if (e.Kind == AgentEventKind.LlmToken)
            {
                tokens[e.Action!] = tokens.GetValueOrDefault(e.Action!) + e.Message;
            }
        }

        Assert.Equal(("refund", "You get it back."), (tokens["Classify"], tokens["Handle"]));
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        model = new ScriptedChatClient("refund", "You get it back.");
        var session = await runtime.StartAsync(agent, "my money", new() { Id = "r" }, Ct);
        Assert.Equal("You get it back.", (await session.Result).Text);
        Assert.All((await runtime.ReadOutcomesAsync(agent, "r", Ct)).Where(static outcome => outcome.Action is "Classify" or "Handle"), static outcome => Assert.True(outcome.Tokens > 0));
    }

    [Fact]
    public async Task Killed_at_any_point_it_answers_the_same()
    {
        var report = await Simulate.Agent(Agent(), "refund 7").ExploreAsync(Ct);
        Assert.True(report.Crashes > 10, report.ToString());
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        static ValueTask<string> Answer(ReactiveRequest request, ActionContext context, CancellationToken ct) => new("");
        Assert.Throws<ArgumentException>(() => new ReactiveHandler(" ", Answer));
        Assert.Throws<ArgumentException>(() => new ReactiveHandler("a", Answer) { Keywords = ["?!"] });
        Assert.Throws<ArgumentException>(() => new ReactiveOptions { Default = Answer, Handlers = [new("a", Answer), new("a", Answer)] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReactiveOptions { Default = Answer, MinConfidence = 2 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReactiveOptions { Default = Answer, MaxLength = 0 });
    }

    private ReactiveAgent Agent(
        Func<string, string>? hours = null,
        Func<string, string>? refund = null,
        Func<ReactiveRequest, ActionContext, CancellationToken, ValueTask<string>>? @default = null,
        Func<string, ActionContext, CancellationToken, ValueTask<RequestClassification>>? classifier = null,
        IEmbeddingGenerator<string, Embedding<float>>? embeddings = null,
        Func<ReactiveRequest, Exception, ActionContext, CancellationToken, ValueTask<string>>? fallback = null) => new(new()
        {
            Handlers =
            [
                new("hours", (request, _, _) => new(Note("hours", request, hours))) { Keywords = ["hours", "when you open", "do you open"], IsCacheable = true },
                new("refund", (request, _, _) => new(Note("refund", request, refund))) { Keywords = ["refund", "money back"] },
            ],
            Default = @default ?? ((request, _, _) => new(Note("", request, null))),
            Classifier = classifier,
            Embeddings = embeddings,
            Fallback = fallback,
            MaxLength = 100,
            Cache = new SimilarityCacheOptions { Threshold = 0.95, TimeProvider = _clock },
            CircuitBreaker = new() { MinimumThroughput = 4 },
            TimeProvider = _clock,
        });

    private string Note(string handler, ReactiveRequest request, Func<string, string>? respond)
    {
        _handled.Add($"{handler}: {request.Text}");
        return respond?.Invoke(request.Text) ?? _handled[^1];
    }

    private sealed class Vectors(Func<string, float[]> vector) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value => new Embedding<float>(vector(value)))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
