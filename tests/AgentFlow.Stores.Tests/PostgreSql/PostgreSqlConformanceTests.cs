namespace AgentFlow.Stores.Tests;

[Collection(Database.Tests)]
public sealed class PostgreSqlConformanceTests
{
    public static TheoryData<string> Checks => [.. SessionStoreConformance.Names];

    [Theory]
    [MemberData(nameof(Checks))]
    public async Task Conforms(string check)
    {
        await using var database = Database.Open();
        await SessionStoreConformance.RunAsync(check, new Harness(database));
    }

    private sealed class Harness(Database database) : SessionStoreHarness
    {
        /// <summary>What is waited for on the database's clock; nothing has to be done within it.</summary>
        public override TimeSpan Unit => TimeSpan.FromMilliseconds(300);

        public override SignalLimits SignalLimits { get; } = new() { MaxPending = 20, MaxBytes = 100_000 };

        public override ValueTask<ISessionStore> CreateAsync() => new(database.OpenStore(new() { SignalLimits = SignalLimits }));

        public override ValueTask<ISessionStore?> ReopenAsync(ISessionStore store) => new(database.OpenStore(new() { SignalLimits = SignalLimits }));

        public override ValueTask PassAsync(TimeSpan time) => new(Task.Delay(time)); // The database's clock cannot be moved.
    }
}
