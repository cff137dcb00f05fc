namespace AgentFlow.Fuzz;

/// <summary>The system's clock, which can be put forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public void Jump(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _shift);
}
