namespace AgentFlow.AI;

/// <summary>How a <see cref="RefinementAgent"/> works.</summary>
public sealed class RefinementOptions : PatternOptions
{
    private readonly int _maxRounds = 3;
    private readonly double _goodEnough = 0.8;

    /// <summary>The defaults.</summary>
    public static RefinementOptions Default { get; } = new();

    /// <summary>What the writer is told.</summary>
    public string Instructions { get; init; } = "Do the task as well as you can. Give only the work itself.";

    /// <summary>What the critic is told.</summary>
    public string Criteria { get; init; } = "Judge the work strictly by the task: is it correct, complete and clear? Name concrete problems.";

    /// <summary>How many drafts are made at most. Default: 3; at most 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 20.</exception>
    public int MaxRounds
    {
        get => _maxRounds;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, RefinementAgent.RoundLimit);
            _maxRounds = value;
        }
    }

    /// <summary>The score that is enough, from 0 to 1. Default: 0.8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double GoodEnough
    {
        get => _goodEnough;
        init => _goodEnough = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A score is from 0 to 1.");
    }
}
