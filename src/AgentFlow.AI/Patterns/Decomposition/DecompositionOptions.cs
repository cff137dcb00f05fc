namespace AgentFlow.AI;

/// <summary>How a <see cref="DecompositionAgent"/> works.</summary>
public sealed class DecompositionOptions : PatternOptions
{
    private readonly int _maxDepth = 2;
    private readonly int _maxSubtasks = 5;

    /// <summary>The defaults.</summary>
    public static DecompositionOptions Default { get; } = new();

    /// <summary>What the one who divides is told.</summary>
    public string Division { get; init; } = "If the task can be done well in one go, give no subtasks. Else divide it into a few subtasks that together do it, each understandable by itself.";

    /// <summary>What the one who solves is told.</summary>
    public string Solution { get; init; } = "Do the task. Give only the work itself.";

    /// <summary>What the one who puts together is told.</summary>
    public string Synthesis { get; init; } = "Put the solutions of the subtasks together into one solution of the task.";

    /// <summary>How deep subtasks are divided again; 0: never. Default: 2; at most 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 8.</exception>
    public int MaxDepth
    {
        get => _maxDepth;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 8);
            _maxDepth = value;
        }
    }

    /// <summary>How many subtasks a task is divided into at most; others are left out. Default: 5; at most 20.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 20.</exception>
    public int MaxSubtasks
    {
        get => _maxSubtasks;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 20);
            _maxSubtasks = value;
        }
    }
}
