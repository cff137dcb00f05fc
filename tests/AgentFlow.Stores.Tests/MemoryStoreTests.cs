namespace AgentFlow.Stores.Tests;

public sealed class MemoryStoreTests
{
    public static TheoryData<string> Checks => [.. SessionStoreConformance.Names];

    [Theory]
    [MemberData(nameof(Checks))]
    public Task Conforms(string check) => SessionStoreConformance.RunAsync(check, new Harness());

    private sealed class Harness : SessionStoreHarness
    {
        private readonly ManualTimeProvider _clock = new();

        public override SignalLimits SignalLimits { get; } = new() { MaxPending = 20, MaxBytes = 100_000 };

        public override ValueTask<ISessionStore> CreateAsync() => new(new MemorySessionStore(_clock) { SignalLimits = SignalLimits });

        public override ValueTask<ISessionStore?> ReopenAsync(ISessionStore store) => default;

        public override ValueTask PassAsync(TimeSpan time)
        {
            _clock.Advance(time);
            return default;
        }
    }
}
