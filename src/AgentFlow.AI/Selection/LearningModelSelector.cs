using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// A model that is chosen anew for each request, by what was learned of the candidates: Thompson sampling (Thompson 1933; Chapelle and Li 2011). For each candidate a quality is drawn from
/// what is believed of it, a Beta distribution; the one whose quality, less what its cost and time are worth, comes out highest is asked. So the best is asked most, and the others as often as they may yet turn
/// out better. <see cref="Learn"/> says how good a reply was; a call that fails has quality 0. Older observations count for less (Raj and Kalyani 2017, <i>Taming Non-stationary Bandits</i>), so that
/// changes are noticed. Thread-safe. It owns the candidates' clients: disposing of it disposes of them.
/// </summary>
public sealed class LearningModelSelector : IChatClient
{
    private const string ChosenKey = "agentflow.learning.model";

    private readonly Lock _gate = new();
    private readonly LearningArm[] _arms;
    private readonly LearningSelectorOptions _options;
    private readonly Random _random;

    /// <summary>Creates a selector.</summary>
    /// <param name="candidates">The models to choose from, by name; at least one. Their <see cref="ModelCandidate.Quality"/> is what is believed of them at the beginning.</param>
    /// <param name="options">How to weigh and learn. Default: <see cref="LearningSelectorOptions.Default"/>.</param>
    /// <param name="learned">What was learned before. Of models that are no candidates it is dropped. Default: nothing.</param>
    /// <exception cref="ArgumentException">There is no candidate, or one's quality is not between 0 and 1.</exception>
    /// <exception cref="FormatException">What was learned has numbers that are negative or not finite, or a model twice.</exception>
    public LearningModelSelector(IReadOnlyDictionary<string, ModelCandidate> candidates, LearningSelectorOptions? options = null, LearnedModels? learned = null)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        _options = options ?? LearningSelectorOptions.Default;
        _random = _options.Random ?? new Random();
        if (candidates.Count == 0)
        {
            throw new ArgumentException("There is no model to choose from.", nameof(candidates));
        }

        if (candidates.Values.FirstOrDefault(static c => !(c.Quality is >= 0 and <= 1)) is { } odd)
        {
            throw new ArgumentException($"The quality {odd.Quality} is not between 0 and 1.", nameof(candidates));
        }

        learned?.Check();
        _arms = [.. candidates.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair => new LearningArm(pair.Key, pair.Value, learned?.Models.FirstOrDefault(m => m.Name == pair.Key)))];
    }

    /// <summary>What was learned so far.</summary>
    public LearnedModels Learned
    {
        get
        {
            lock (_gate)
            {
                return new([.. _arms.Select(static arm => arm.Learned)]);
            }
        }
    }

    /// <summary>Says how good a reply was. Once for each reply, and not needed for each.</summary>
    /// <param name="response">A reply of this selector; of a stream, what <c>ToChatResponse</c> makes of it.</param>
    /// <param name="quality">From 0, useless, to 1, all that was wanted. What is between counts in part as a success.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quality is not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The reply is none of this selector's, or was judged already.</exception>
    public void Learn(ChatResponse response, double quality)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (!(quality is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quality), quality, "Quality goes from 0 to 1.");
        }

        lock (_gate)
        {
            var arm = ChosenFor(response) is { } name ? _arms.FirstOrDefault(arm => arm.Name == name) : null;
            if (arm is null)
            {
                throw new ArgumentException("The reply is none of this selector's, or was judged already.", nameof(response));
            }

            response.AdditionalProperties!.Remove(ChosenKey);
            Judge(arm, quality);
        }
    }

    /// <summary>The name of the candidate that gave a reply.</summary>
    /// <param name="response">The reply.</param>
    /// <returns>The name; <see langword="null"/> if the reply is none of a selector's, or was judged already.</returns>
    public static string? ChosenFor(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties?.TryGetValue(ChosenKey, out string? name) is true ? name : null;
    }

    /// <inheritdoc />
    /// <exception cref="ModelBudgetException">The budget pays for none of the models.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] sent = [.. messages];
        var (arm, expected) = Choose(sent, options);
        var start = _options.TimeProvider.GetTimestamp();
        var cost = 0.0;
        try
        {
            var response = await arm.Candidate.Client.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
            (response.AdditionalProperties ??= [])[ChosenKey] = arm.Name;
            cost = CostOf(arm, sent, options, response);
            Note(arm, cost, start);
            return response;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            NoteFailure(arm);
            throw;
        }
        finally
        {
            _options.Budget?.Settle(expected, cost);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] sent = [.. messages];
        var (arm, expected) = Choose(sent, options);
        var start = _options.TimeProvider.GetTimestamp();
        var updates = new List<ChatResponseUpdate>();
        try
        {
            var stream = arm.Candidate.Client.GetStreamingResponseAsync(sent, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (stream.ConfigureAwait(false))
            {
                while (await NextAsync(stream).ConfigureAwait(false))
                {
                    if (updates.Count == 0)
                    {
                        (stream.Current.AdditionalProperties ??= [])[ChosenKey] = arm.Name;
                    }

                    updates.Add(stream.Current);
                    yield return stream.Current;
                }
            }
        }
        finally
        {
            // A stream that breaks off, or that its reader leaves, has been paid for as far as it went.
            _options.Budget?.Settle(expected, updates.Count == 0 ? 0 : CostOf(arm, sent, options, updates.ToChatResponse()));
        }

        // A stream that its reader leaves says nothing of how long it would have taken.
        Note(arm, CostOf(arm, sent, options, updates.ToChatResponse()), start);

        async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
        {
            try
            {
                return await stream.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                NoteFailure(arm);
                throw;
            }
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ModelBudget) ? _options.Budget
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var arm in _arms)
        {
            arm.Candidate.Client.Dispose();
        }
    }

    /// <summary>The one that comes out highest of those that the budget pays for, and what is set aside for it.</summary>
    private (LearningArm Arm, double Expected) Choose(ChatMessage[] sent, ChatOptions? options)
    {
        var usage = new UsageDetails { InputTokenCount = TokenEstimate.Of(sent, options), OutputTokenCount = options?.MaxOutputTokens ?? _options.ExpectedOutputTokens };
        lock (_gate)
        {
            var choices = _arms.Select(arm => (Arm: arm, Expected: arm.Candidate.Price.Cost(usage))).OrderByDescending(choice => WorthOf(choice.Arm, choice.Expected)).ToArray();
            return _options.Budget is not { } budget ? choices[0]
                : Array.Find(choices, choice => budget.TryReserve(choice.Expected)) is { Arm: not null } choice ? choice
                : throw new ModelBudgetException(budget.Remaining, choices.Min(static choice => choice.Expected));
        }
    }

    private double WorthOf(LearningArm arm, double expected) => arm.Draw(_random, _options.PriorStrength)
        - (_options.CostOfQuality is { } cost ? arm.CostOf(expected) / cost : 0)
        - (_options.TimeOfQuality is { } time ? arm.Seconds / time.TotalSeconds : 0);

    private void Note(LearningArm arm, double cost, long start)
    {
        lock (_gate)
        {
            arm.Called(cost, _options.TimeProvider.GetElapsedTime(start), _options.Discount);
        }
    }

    /// <summary>It has no price and no time: what fails at once is not a bargain.</summary>
    private void NoteFailure(LearningArm arm)
    {
        lock (_gate)
        {
            Judge(arm, 0);
        }
    }

    private void Judge(LearningArm judged, double quality)
    {
        foreach (var arm in _arms)
        {
            arm.Forget(_options.Discount);
        }

        judged.Judged(quality);
    }

    private static double CostOf(LearningArm arm, ChatMessage[] sent, ChatOptions? options, ChatResponse response) => arm.Candidate.Price.Cost(ModelUsage.Of(response, sent, options));
}
