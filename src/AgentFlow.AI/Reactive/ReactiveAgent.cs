using System.Collections.Frozen;
using Polly;
using Polly.CircuitBreaker;

namespace AgentFlow.AI;

/// <summary>
/// Answers at once: a request is classified, answered from the cache if one that was alike was answered before, and else by the handler of its class. Handlers that keep failing are left
/// alone for a while. Caches and circuits belong to the instance, so that one agent serves many requests.
/// </summary>
/// <param name="options">What it does with requests.</param>
[Agent(Name = "Reactive")]
public sealed partial class ReactiveAgent(ReactiveOptions options)
{
    private readonly ReactiveOptions _options = options ?? throw new ArgumentNullException(nameof(options));
    private readonly FrozenDictionary<string, ReactiveHandler> _handlers = options.Handlers.ToFrozenDictionary(static handler => handler.Name, StringComparer.Ordinal);
    private readonly FrozenDictionary<string, ResiliencePipeline> _circuits = options.Handlers.ToFrozenDictionary(static handler => handler.Name, _ => CircuitOf(options), StringComparer.Ordinal);
    private readonly ReplyCache? _cache = options.Cache is { } cache ? new(cache, options.Embeddings) : null;

    [Action]
    private async Task<ReactiveRequest> Classify([Input] string request, ActionContext context, CancellationToken cancellationToken)
    {
        // What is too long is not even cut up into words.
        if (request.Length > _options.MaxLength)
        {
            return new(request[.._options.MaxLength], ReactiveProblem.TooLong, RequestClassification.Unknown);
        }

        var text = request.Trim();
        return text.Length == 0
            ? new(text, ReactiveProblem.Empty, RequestClassification.Unknown)
            : new(text, ReactiveProblem.None, _options.Classifier is { } classifier ? await AskAsync(classifier, text, context, cancellationToken).ConfigureAwait(false) : KeywordClassifier.Classify(text, _options.Handlers));
    }

    [Action]
    private async Task<ReactiveRecall> Recall(ReactiveRequest classify, CancellationToken cancellationToken)
    {
        if (classify.Problem != ReactiveProblem.None)
        {
            return new(new ReactiveReply(classify.Problem == ReactiveProblem.Empty ? _options.EmptyReply : _options.TooLongReply, ReactiveOutcome.Refused, null));
        }

        if (_cache is null || HandlerOf(classify) is not { IsCacheable: true } handler)
        {
            return new(Reply: null);
        }

        var key = await _cache.KeyOfAsync(handler.Name, classify.Text, cancellationToken).ConfigureAwait(false);
        return new(key is not null && _cache.Find(key) is { } text ? new ReactiveReply(text, ReactiveOutcome.Cached, handler.Name) : null);
    }

    [Action, When(nameof(IsToBeHandled))]
    private async Task<ReactiveReply> Handle(ReactiveRequest classify, ActionContext context, CancellationToken cancellationToken)
    {
        if (HandlerOf(classify) is not { } handler)
        {
            return new(await InTimeAsync(token => _options.Default(classify, context, token), "requests of no class", context, cancellationToken).ConfigureAwait(false), ReactiveOutcome.Default, null);
        }

        try
        {
            var text = await _circuits[handler.Name].ExecuteAsync(
                async token => await InTimeAsync(limited => handler.RespondAsync(classify, context, limited), $"'{handler.Name}'", context, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            if (_cache is not null && handler.IsCacheable && await _cache.KeyOfAsync(handler.Name, classify.Text, cancellationToken).ConfigureAwait(false) is { } key)
            {
                _cache.Add(key, text);
            }

            return new(text, ReactiveOutcome.Handled, handler.Name);
        }
        catch (Exception error) when (_options.Fallback is not null && !cancellationToken.IsCancellationRequested)
        {
            await context.EmitFailureAsync(error).ConfigureAwait(false);
            return new(await _options.Fallback(classify, error, context, cancellationToken).ConfigureAwait(false), ReactiveOutcome.Fallback, handler.Name);
        }
    }

    [Action(Effect = Effect.None), Result]
    private static ReactiveReply Answer(ReactiveRecall recall, [From(nameof(Handle))] ReactiveReply? handled) => recall.Reply ?? handled!;

    private static bool IsToBeHandled(ReactiveRecall recall) => recall.Reply is null;

    /// <summary>Asks what a request is about; what is not known in time is not known.</summary>
    private async ValueTask<RequestClassification> AskAsync(Func<string, ActionContext, CancellationToken, ValueTask<RequestClassification>> classifier, string text, ActionContext context, CancellationToken cancellationToken)
    {
        var (_, classification) = await TimeLimit.RunAsync(DeadlineFrom(context), context, token => classifier(text, context, token), cancellationToken).ConfigureAwait(false);
        return classification ?? RequestClassification.Unknown;
    }

    private async ValueTask<string> InTimeAsync(Func<CancellationToken, ValueTask<string>> respond, string what, ActionContext context, CancellationToken cancellationToken)
    {
        var (inTime, text) = await TimeLimit.RunAsync(DeadlineFrom(context), context, respond, cancellationToken).ConfigureAwait(false);
        return inTime ? text! : throw new TimeoutException($"The handler of {what} took longer than {_options.Timeout:c}.");
    }

    private DateTimeOffset? DeadlineFrom(ActionContext context) => _options.Timeout is { } timeout ? TimerSpan.After(context.TimeProvider.GetUtcNow(), timeout) : null;

    private ReactiveHandler? HandlerOf(ReactiveRequest request) =>
        request.Classification is { Name: { } name } classification && classification.Confidence >= _options.MinConfidence ? _handlers.GetValueOrDefault(name) : null;

    private static ResiliencePipeline CircuitOf(ReactiveOptions options)
    {
        if (options.CircuitBreaker is not { } breaker)
        {
            return ResiliencePipeline.Empty;
        }

        return new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = breaker.FailureRatio,
                MinimumThroughput = breaker.MinimumThroughput,
                SamplingDuration = breaker.SamplingDuration,
                BreakDuration = breaker.BreakDuration,
                ShouldHandle = static args => new(args.Outcome.Exception is { } error and not OperationCanceledException),
            })
            .Build();
    }
}
