namespace AgentFlow.AI;

/// <summary>How a <see cref="ReflexionAgent"/> works.</summary>
public sealed class ReflexionOptions : PatternOptions
{
    private readonly int _maxTrials = 3;
    private readonly int _maxLessons = 10;

    /// <summary>The defaults.</summary>
    public static ReflexionOptions Default { get; } = new();

    /// <summary>What the one who tries is told.</summary>
    public string Instructions { get; init; } = "Do the task. Heed the lessons of earlier attempts.";

    /// <summary>What the one who reflects is told.</summary>
    public string Reflection { get; init; } = "An attempt at the task has failed. Say in one or two sentences why, and what to do differently next time. Be concrete.";

    /// <summary>How many attempts there are at most. Default: 3; at most 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 20.</exception>
    public int MaxTrials
    {
        get => _maxTrials;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ReflexionAgent.TrialLimit);
            _maxTrials = value;
        }
    }

    /// <summary>How many lessons are kept, the latest. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxLessons
    {
        get => _maxLessons;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxLessons = value;
        }
    }

    /// <summary>Lessons of earlier sessions, to begin with. Default: none.</summary>
    public IReadOnlyList<string> Lessons { get; init; } = [];
}
