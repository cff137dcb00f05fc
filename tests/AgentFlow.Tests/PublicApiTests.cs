namespace AgentFlow.Tests;

/// <summary>The public surface, written down.</summary>
public class PublicApiTests
{
    [Xunit.Fact]
    public void The_surface_of_AgentFlow_is_what_was_written_down() => AgentFlow.Tests.PublicSurface.Check(typeof(AgentAttribute).Assembly);

    [Xunit.Fact]
    public void The_surface_of_Testing_is_what_was_written_down() => AgentFlow.Tests.PublicSurface.Check(typeof(AgentFlow.Testing.Simulate).Assembly);
}
