namespace AgentFlow;

/// <summary>The time of day as it was when the clock was made, plus what has passed since on the steady clock: jumps of the time of day do not show.</summary>
internal sealed class StoreClock(TimeProvider timeProvider)
{
    private readonly DateTimeOffset _start = timeProvider.GetUtcNow();
    private readonly long _timestamp = timeProvider.GetTimestamp();

    public DateTimeOffset Now => _start + timeProvider.GetElapsedTime(_timestamp);
}
