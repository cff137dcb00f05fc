using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>The policies of one action that are data. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ActionPolicy
{
    /// <summary>No policy of its own; what the call does besides the body is in the call.</summary>
    public static ActionPolicy None { get; } = new();

    /// <summary>When to try again; <see langword="null"/>: never.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>The time allowed for each attempt; zero: any.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>The silence allowed in each attempt; zero: any.</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>How long to wait before the first attempt.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether each attempt runs on the thread pool.</summary>
    public bool Offload { get; init; }

    /// <summary>Whether the action can lose a race and has a token of its own.</summary>
    public bool Races { get; init; }

    /// <summary>Whether nobody waits for the action.</summary>
    public bool Forgotten { get; init; }

    /// <summary>How many elements of a for-each may be under way at once.</summary>
    public int MaxParallel { get; init; } = 1;

    /// <summary>Whether failed elements of a for-each are left out.</summary>
    public bool AllowPartialFailure { get; init; }

    internal bool HasTimeout => Timeout > TimeSpan.Zero || IdleTimeout > TimeSpan.Zero;
}
