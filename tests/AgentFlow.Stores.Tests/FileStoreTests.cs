namespace AgentFlow.Stores.Tests;

public sealed class FileStoreTests : IDisposable
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

        public override ValueTask<ISessionStore> CreateAsync() => new(new FileSessionStore(directory, _clock) { SignalLimits = SignalLimits });

        /// <summary>What a dead process leaves behind are its files.</summary>
        public override ValueTask<ISessionStore?> ReopenAsync(ISessionStore store)
        {
            var copy = Directory.CreateDirectory(Path.Combine(directory, "copy")).FullName;
            foreach (var file in Directory.EnumerateFiles(directory, "*.session"))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            return new(new FileSessionStore(copy, _clock) { SignalLimits = SignalLimits });
        }

        public override ValueTask PassAsync(TimeSpan time)
        {
            _clock.Advance(time);
            return default;
        }
    }
}
