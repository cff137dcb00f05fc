using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// A model that is chosen anew for each request: the cheapest of those that are good enough. When what is left of the budget does not pay for it,
/// the best one that it does pay for; when it pays for none, <see cref="ModelBudgetException"/>. What a call is expected to cost is set aside
/// while it is under way, so that parallel calls do not spend the same money; then its actual usage is counted, or, if the model tells none,
/// an estimate of one token for four bytes. A call that fails is counted as free.
/// Thread-safe. It owns the candidates' clients: disposing of it disposes of them.
/// </summary>
public sealed class ModelSelector : IChatClient
{
    private readonly ModelCandidate[] _candidates;
    private readonly ModelBudget _budget;
    private readonly ModelSelectorOptions _options;

    /// <summary>Creates a selector.</summary>
    /// <param name="candidates">The models to choose from; at least one.</param>
    /// <param name="budget">What may be spent.</param>
    /// <param name="options">How to choose.</param>
    /// <exception cref="ArgumentException">There is no candidate, or one's quality is not between 0 and 1.</exception>
    public ModelSelector(IEnumerable<ModelCandidate> candidates, ModelBudget budget, ModelSelectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(budget);
        _candidates = [.. candidates];
        _budget = budget;
        _options = options ?? new();
        if (_candidates.Length == 0)
        {
            throw new ArgumentException("There is no model to choose from.", nameof(candidates));
        }

        if (_candidates.FirstOrDefault(static c => !(c.Quality is >= 0 and <= 1)) is { } odd)
        {
            throw new ArgumentException($"The quality {odd.Quality} is not between 0 and 1.", nameof(candidates));
        }
    }

    /// <inheritdoc />
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] sent = [.. messages];
        var choice = Choose(sent, options);
        var cost = 0.0;
        try
        {
            var response = await choice.Candidate.Client.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
            cost = CostOf(choice.Candidate, sent, options, response);
            return response;
        }
        finally
        {
            _budget.Settle(choice.Expected, cost);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] sent = [.. messages];
        var choice = Choose(sent, options);
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await foreach (var update in choice.Candidate.Client.GetStreamingResponseAsync(sent, options, cancellationToken).ConfigureAwait(false))
            {
                updates.Add(update);
                yield return update;
            }
        }
        finally
        {
            // A stream that breaks off, or that its reader leaves, has been paid for as far as it went.
            _budget.Settle(choice.Expected, updates.Count == 0 ? 0 : CostOf(choice.Candidate, sent, options, updates.ToChatResponse()));
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ModelBudget) ? _budget
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var candidate in _candidates)
        {
            candidate.Client.Dispose();
        }
    }

    private (ModelCandidate Candidate, double Expected) Choose(ChatMessage[] messages, ChatOptions? options)
    {
        var quality = options?.AdditionalProperties?.TryGetValue(ChatOptionsExtensions.QualityKey, out double asked) is true ? asked : _options.MinQuality;
        var usage = new UsageDetails
        {
            InputTokenCount = TokenEstimate.Of(messages, options),
            OutputTokenCount = options?.MaxOutputTokens ?? _options.ExpectedOutputTokens,
        };
        var costed = _candidates.Select(c => (Candidate: c, Expected: c.Price.Cost(usage))).ToArray();
        var inOrder = costed.Where(c => c.Candidate.Quality >= quality).OrderBy(static c => c.Expected)
            .Concat(costed.Where(c => c.Candidate.Quality < quality).OrderByDescending(static c => c.Candidate.Quality).ThenBy(static c => c.Expected));
        foreach (var choice in inOrder)
        {
            if (_budget.TryReserve(choice.Expected))
            {
                return choice;
            }
        }

        throw new ModelBudgetException(_budget.Remaining, costed.Min(static c => c.Expected));
    }

    private static double CostOf(ModelCandidate candidate, ChatMessage[] sent, ChatOptions? options, ChatResponse response) =>
        candidate.Price.Cost(ModelUsage.Of(response, sent, options));
}
