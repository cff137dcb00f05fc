namespace AgentFlow.AI;

/// <summary>What is told of calls of a model.</summary>
public sealed class ModelTelemetryOptions
{
    private readonly int _maxContentLength = 16 * 1024;

    /// <summary>Whether spans carry the messages and the reply (<c>gen_ai.input.messages</c>, <c>gen_ai.output.messages</c>). They may hold what is personal or secret. Default: false.</summary>
    public bool CaptureContent { get; init; }

    /// <summary>The longest content of one attribute, in characters; the rest is cut off. Default: 16,384.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxContentLength
    {
        get => _maxContentLength;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxContentLength = value;
        }
    }

    /// <summary>The clock of durations. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
