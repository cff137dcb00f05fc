namespace AgentFlow.AI;

/// <summary>How a <see cref="ReActAgent"/> works.</summary>
public sealed class ReActOptions : PatternOptions
{
    private readonly int _maxSteps = 10;
    private readonly int _contextTokens = 32_000;
    private readonly int? _offeredTools;
    private readonly int _maxRepetitions = 3;

    /// <summary>The defaults.</summary>
    public static ReActOptions Default { get; } = new();

    /// <summary>What the model is told first.</summary>
    public string Instructions { get; init; } =
        "Work on the task step by step. Before you call tools say in a sentence what you need to find out. When a call fails, correct it or try another way. When you know the answer, give it without calling a tool.";

    /// <summary>How often the model may be asked, the last time for an answer without tools. Default: 10; at most 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 1 to 100.</exception>
    public int MaxSteps
    {
        get => _maxSteps;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ReActAgent.StepLimit);
            _maxSteps = value;
        }
    }

    /// <summary>How many tokens of the conversation the model is shown, estimated; the oldest results are shortened first. Default: 32,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 500.</exception>
    public int ContextTokens
    {
        get => _contextTokens;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 500);
            _contextTokens = value;
        }
    }

    /// <summary>How many tools the model is offered, those that fit the task best. Default: all of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? OfferedTools
    {
        get => _offeredTools;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value ?? 1);
            _offeredTools = value;
        }
    }

    /// <summary>What tool calls are held to.</summary>
    public ToolInvokerOptions Calls { get; init; } = ToolInvokerOptions.Default;

    /// <summary>How often the same calls may come to the same results before the model is told so; if that does not help, it has to answer. Default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int MaxRepetitions
    {
        get => _maxRepetitions;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2);
            _maxRepetitions = value;
        }
    }
}
