namespace AgentFlow;

/// <summary>
/// An exception that says how long to wait before the next attempt, as the header <c>Retry-After</c> does. <see cref="RetryAttribute"/>
/// waits as long.
/// </summary>
public interface IRetryAfter
{
    /// <summary>How long to wait; <see langword="null"/> if it does not say.</summary>
    TimeSpan? RetryAfter { get; }
}
