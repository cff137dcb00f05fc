namespace AgentFlow.Stores.Tests;

public sealed class SqliteConformanceTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-");

    public static TheoryData<string> Checks => [.. SessionStoreConformance.Names];

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Checks))]
    public Task Conforms(string check) => SessionStoreConformance.RunAsync(check, new Harness(_directory.FullName));

    private sealed class Harness(string directory) : SessionStoreHarness
    {
        private readonly ManualTimeProvider _clock = new();

        public override SignalLimits SignalLimits { get; } = new() { MaxPending = 20, MaxBytes = 100_000 };

        public override ValueTask<ISessionStore> CreateAsync() => new(new SqliteSessionStore(Path.Combine(directory, "agents.db"), new() { TimeProvider = _clock, SignalLimits = SignalLimits }));

        /// <summary>What a dead process leaves behind is its file, and the log of what is not in it yet.</summary>
        public override ValueTask<ISessionStore?> ReopenAsync(ISessionStore store)
        {
            File.Copy(Path.Combine(directory, "agents.db"), Path.Combine(directory, "copy.db"));
            File.Copy(Path.Combine(directory, "agents.db-wal"), Path.Combine(directory, "copy.db-wal"));
            return new(new SqliteSessionStore(Path.Combine(directory, "copy.db"), new() { TimeProvider = _clock, SignalLimits = SignalLimits }));
        }

        public override ValueTask PassAsync(TimeSpan time)
        {
            _clock.Advance(time);
            return default;
        }
    }
}
