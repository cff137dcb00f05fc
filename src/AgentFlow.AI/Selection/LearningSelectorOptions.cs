namespace AgentFlow.AI;

/// <summary>How a <see cref="LearningModelSelector"/> weighs and learns.</summary>
public sealed record LearningSelectorOptions
{
    private readonly double? _costOfQuality;
    private readonly TimeSpan? _timeOfQuality;
    private readonly double _discount = 0.995;
    private readonly double _priorStrength = 2;
    private readonly int _expectedOutputTokens = 1000;

    /// <summary>The defaults.</summary>
    public static LearningSelectorOptions Default { get; } = new();

    /// <summary>What a reply that is good, instead of useless, is worth, in the currency of the prices: so much costs as much as all quality gains. Default: cost does not count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive and finite.</exception>
    public double? CostOfQuality
    {
        get => _costOfQuality;
        init => _costOfQuality = value is null or (> 0 and < double.PositiveInfinity) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It is a positive amount.");
    }

    /// <summary>How long one would wait for a reply that is good, instead of having one that is useless at once. Default: time does not count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? TimeOfQuality
    {
        get => _timeOfQuality;
        init => _timeOfQuality = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It is a positive time.");
    }

    /// <summary>
    /// What an observation still counts for after one more, from above 0 to 1: 0.995 remembers about 200 of them, so that a model that has changed is noticed; 1 remembers all and
    /// settles for good. Default: 0.995.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double Discount
    {
        get => _discount;
        init => _discount = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The discount is above 0 and at most 1.");
    }

    /// <summary>How many observations <see cref="ModelCandidate.Quality"/> counts for at the beginning. Default: 2; 0: it does not count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double PriorStrength
    {
        get => _priorStrength;
        init => _priorStrength = value is >= 0 and < double.PositiveInfinity ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The strength is a number, and not negative.");
    }

    /// <summary>How long replies of a model that was not asked yet are expected to be where the request sets no <c>MaxOutputTokens</c>. Default: 1,000 tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int ExpectedOutputTokens
    {
        get => _expectedOutputTokens;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _expectedOutputTokens = value;
        }
    }

    /// <summary>
    /// What calls may cost together. What a call is expected to cost is set aside while it is under way; a model that the rest does not pay for is not asked. Default: any amount.
    /// </summary>
    public ModelBudget? Budget { get; init; }

    /// <summary>The source of chance. With a seed, the same replies are followed by the same choices. Default: one of its own.</summary>
    public Random? Random { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
