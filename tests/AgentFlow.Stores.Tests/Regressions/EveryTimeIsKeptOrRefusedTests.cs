namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>A lease or a sleep that ends beyond the year 9999 made the stores throw, or, of PostgreSQL, made the session unreadable.</summary>
[Collection(Database.Tests)]
public sealed class EveryTimeIsKeptOrRefusedTests
{
    [Fact]
    public void The_only_time_among_the_options_of_stores_has_bounds()
    {
        Assert.Empty(PublicTimes.Of(typeof(SqliteSessionStore).Assembly));
        Assert.Equal(["PostgreSqlSessionStoreOptions.MaxSilence"], PublicTimes.Of(typeof(PostgreSqlSessionStore).Assembly));
        foreach (var time in new[] { TimeSpan.FromSeconds(0.999), TimeSpan.FromSeconds(86_400.001), Timeout.InfiniteTimeSpan, TimeSpan.MaxValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new PostgreSqlSessionStoreOptions { MaxSilence = time });
        }
    }

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task Sqlite(bool isWake)
    {
        var directory = Directory.CreateTempSubdirectory("agentflow-times").FullName;
        try
        {
            await using var store = new SqliteSessionStore(Path.Combine(directory, "agents.db"));
            await UseAsync(store, isWake);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory(Timeout = 300_000), InlineData(false), InlineData(true)]
    public async Task PostgreSql(bool isWake)
    {
        await using var database = Database.Open();
        await using var store = database.OpenStore();
        await UseAsync(store, isWake);
    }

    private static async Task UseAsync(ISessionStore store, bool isWake)
    {
        foreach (var time in PublicTimes.Odd)
        {
            await StoreTimes.UseAsync(store, isWake ? TimeSpan.FromHours(1) : time, isWake ? time : TimeSpan.FromDays(2));
        }
    }
}
