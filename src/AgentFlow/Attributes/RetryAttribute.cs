namespace AgentFlow;

/// <summary>Tries an action again when it fails.</summary>
/// <param name="attempts">How many attempts are made in all, the first included: 2 to 1,000.</param>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class RetryAttribute(int attempts) : Attribute
{
    /// <summary>How many attempts are made in all, the first included.</summary>
    public int Attempts { get; } = attempts;

    /// <summary>The delay before the second attempt, as <c>"hh:mm:ss"</c>. Default: one second.</summary>
    public string Delay { get; set; } = "00:00:01";

    /// <summary>How the delay grows. Default: <see cref="BackoffKind.Exponential"/>.</summary>
    public BackoffKind Backoff { get; set; } = BackoffKind.Exponential;

    /// <summary>The longest delay, as <c>"hh:mm:ss"</c>. Default: 30 seconds.</summary>
    public string MaxDelay { get; set; } = "00:00:30";

    /// <summary>Spreads each delay at random over its upper half, so that many clients do not return at once. Default: <see langword="true"/>.</summary>
    public bool Jitter { get; set; } = true;

    /// <summary>The exception types that are retried. Default: those that <see cref="TransientErrors"/> knows to be transient.</summary>
    public Type[]? On { get; set; }
}
