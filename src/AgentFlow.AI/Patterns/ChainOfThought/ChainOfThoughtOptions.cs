namespace AgentFlow.AI;

/// <summary>How a <see cref="ChainOfThoughtAgent"/> works.</summary>
public sealed class ChainOfThoughtOptions : PatternOptions
{
    private readonly double _sureEnough = 0.7;

    /// <summary>The defaults.</summary>
    public static ChainOfThoughtOptions Default { get; } = new();

    /// <summary>What the models are told.</summary>
    public string Instructions { get; init; } = "Reason step by step before you answer. State honestly how sure you are: 1 only if you would bet everything on it.";

    /// <summary>The confidence that is enough, from 0 to 1; below it the question goes to the expert, and then to a person. Default: 0.7.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double SureEnough
    {
        get => _sureEnough;
        init => _sureEnough = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A confidence is from 0 to 1.");
    }

    /// <summary>Whether a person is asked where the expert is not sure either, by the signal <c>Ask</c>; only sessions can wait for one. Default: <see langword="false"/>.</summary>
    public bool AsksPerson { get; init; }
}
