namespace AgentFlow.Crash.Fuzz;

/// <summary>A clock whose time of day jumps by hours, forth and back, whenever it is asked; its steady part goes on as it should.</summary>
public sealed class JumpingTime : TimeProvider
{
    private int _asked;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromHours((Interlocked.Increment(ref _asked) / 10 * 7 % 48) - 24);
}
