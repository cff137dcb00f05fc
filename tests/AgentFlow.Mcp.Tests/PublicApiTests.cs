namespace AgentFlow.Mcp.Tests;

/// <summary>The public surface, written down.</summary>
public class PublicApiTests
{
    [Fact]
    public void The_surface_of_Mcp_is_what_was_written_down() => AgentFlow.Tests.PublicSurface.Check(typeof(McpTools).Assembly);
}
