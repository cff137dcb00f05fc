namespace AgentFlow.AI;

/// <summary>How a <see cref="ModelSelector"/> chooses.</summary>
public sealed class ModelSelectorOptions
{
    private readonly double _minQuality;
    private readonly int _expectedOutputTokens = 1000;

    /// <summary>The quality that is good enough, from 0 to 1. Default: 0; the cheapest will do. A request may ask for another: <see cref="ChatOptionsExtensions.RequireQuality"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not between 0 and 1.</exception>
    public double MinQuality
    {
        get => _minQuality;
        init => _minQuality = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Quality goes from 0 to 1.");
    }

    /// <summary>How long replies are expected to be where the request sets no <c>MaxOutputTokens</c>. Default: 1,000 tokens.</summary>
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
}
