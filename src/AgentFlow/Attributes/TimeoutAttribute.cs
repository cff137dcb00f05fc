namespace AgentFlow;

/// <summary>Bounds the time of each attempt of an action, or of an agent's whole run.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, Inherited = false)]
public sealed class TimeoutAttribute : Attribute
{
    /// <summary>Bounds only the time without a heartbeat: set <see cref="Idle"/>.</summary>
    public TimeoutAttribute()
    {
    }

    /// <summary>Bounds the time of each attempt, or of the whole run.</summary>
    /// <param name="after">The time allowed, as <c>"hh:mm:ss"</c>.</param>
    public TimeoutAttribute(string after) => After = after;

    /// <summary>The time allowed, as <c>"hh:mm:ss"</c>; none when <see langword="null"/>.</summary>
    public string? After { get; }

    /// <summary>The longest time without a heartbeat from <see cref="ActionContext"/>, as <c>"hh:mm:ss"</c>. Only on actions.</summary>
    public string? Idle { get; set; }
}
