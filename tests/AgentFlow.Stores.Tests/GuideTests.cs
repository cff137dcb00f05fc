using AgentFlow.Tests;
using Npgsql;
using MyStore = AgentFlow.MemorySessionStore;

namespace AgentFlow.Stores.Tests;

/// <summary>What the page about stores shows is in this file, where it is compiled.</summary>
public sealed class GuideTests
{
    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("stores.md", 15);

    private static async Task SqliteAsync()
    {
        await using var runtime = new AgentRuntime(new SqliteSessionStore("agents.db"));
    }

    private static async Task PostgreSqlAsync()
    {
        await using var runtime = new AgentRuntime(new PostgreSqlSessionStore("Host=db;Username=app;Database=agents"));
    }

    private static async Task MigrateAsync()
    {
        await using var source = NpgsqlDataSource.Create("Host=db;Username=admin;Database=agents");
        await PostgreSqlSessionStore.MigrateAsync(source);
    }

    public sealed class MyStoreTests
    {
        public static TheoryData<string> Checks => [.. SessionStoreConformance.Names];

        [Theory, MemberData(nameof(Checks))]
        public Task Conforms(string check) => SessionStoreConformance.RunAsync(check, new Harness());

        private sealed class Harness : SessionStoreHarness
        {
            private readonly ManualTimeProvider _clock = new();

            public override ValueTask<ISessionStore> CreateAsync() => new(new MyStore(_clock));

            public override ValueTask<ISessionStore?> ReopenAsync(ISessionStore store) => default; // Nothing is kept.

            public override ValueTask PassAsync(TimeSpan time)
            {
                _clock.Advance(time);
                return default;
            }
        }
    }
}
