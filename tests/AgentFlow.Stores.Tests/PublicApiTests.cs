namespace AgentFlow.Stores.Tests;

/// <summary>The public surface, written down.</summary>
public class PublicApiTests
{
    [Xunit.Fact]
    public void The_surface_of_Sqlite_is_what_was_written_down() => AgentFlow.Tests.PublicSurface.Check(typeof(SqliteSessionStore).Assembly);

    [Xunit.Fact]
    public void The_surface_of_PostgreSql_is_what_was_written_down() => AgentFlow.Tests.PublicSurface.Check(typeof(PostgreSqlSessionStore).Assembly);
}
