using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>An action's <see cref="RetryAttribute"/>. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RetryPolicy
{
    /// <summary>Attempts in all.</summary>
    public required int Attempts { get; init; }

    /// <summary>The delay before the second attempt.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How the delay grows.</summary>
    public BackoffKind Backoff { get; init; }

    /// <summary>The longest delay.</summary>
    public TimeSpan MaxDelay { get; init; }

    /// <summary>Whether delays are spread.</summary>
    public bool Jitter { get; init; }

    /// <summary>Which exceptions are tried again.</summary>
    public Func<Exception, bool> Handles { get; init; } = TransientErrors.IsTransient;

    /// <summary>
    /// The delay after an attempt. Jitter takes it from the upper half at random ("equal jitter", M. Brooker, "Exponential Backoff And
    /// Jitter", AWS Architecture Blog, 2015), so that the delay keeps its order of magnitude.
    /// </summary>
    /// <param name="attempt">The attempt that has failed, from 1.</param>
    /// <param name="random">From 0 (included) to 1.</param>
    /// <returns>The delay.</returns>
    public TimeSpan DelayAfter(int attempt, double random)
    {
        var factor = Backoff switch
        {
            BackoffKind.Linear => attempt,
            BackoffKind.Exponential => Math.Pow(2, attempt - 1),
            _ => 1.0,
        };
        var ticks = Math.Min(Delay.Ticks * factor, MaxDelay.Ticks);
        return TimeSpan.FromTicks((long)(Jitter ? ticks * (0.5 + (random / 2)) : ticks));
    }
}
