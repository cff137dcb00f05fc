using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Greets people, one after the other.</summary>
[Agent, Tool(Name = "greet", Effect = Effect.None)]
public sealed partial class Greeter
{
    /// <summary>Finds a name.</summary>
    /// <param name="who">Whom to greet.</param>
    /// <param name="loud">Whether to shout.</param>
    [Action]
    private static Name Find([Input] string who, [Input] bool loud = false) => new(loud ? who.ToUpperInvariant() : who);

    /// <summary>Writes a greeting.</summary>
    /// <param name="find">The name.</param>
    [Action, Tool]
    private static Greeting Compose(Name find) => new("hello, " + find.Text);

    /// <summary>A name.</summary>
    public sealed record Name(string Text);

    /// <summary>A greeting.</summary>
    public sealed record Greeting(string Text);
}

/// <summary>Agents as tools, and their actions.</summary>
public sealed class AgentAsToolTests
{
    [Fact]
    public async Task An_agent_is_called_with_its_inputs_and_gives_its_result()
    {
        var tool = new Greeter().AsTool();
        Assert.Equal("greet", tool.Name);
        Assert.Equal("Greets people, one after the other.", tool.Description);
        Assert.Equal(["who"], tool.JsonSchema.GetProperty("required").EnumerateArray().Select(static name => name.GetString()!));
        Assert.Equal("Whether to shout.", tool.JsonSchema.GetProperty("properties").GetProperty("loud").GetProperty("description").GetString());
        Assert.Equal(Effect.None, ToolFacts.EffectOf(tool));
        var result = await ToolTests.CallAsync(tool, """{"who":"world","loud":true}""");
        Assert.Equal("""{"text":"hello, WORLD"}""", ((JsonElement)result!).GetRawText());
    }

    [Fact]
    public async Task Its_arguments_are_checked_like_any_tools() =>
        await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => ToolTests.CallAsync(new Greeter().AsTool(), """{"loud":"yes"}"""));

    [Fact]
    public async Task An_action_is_a_tool_by_itself()
    {
        Assert.Equal(["Compose"], Greeter.Tools.Select(static tool => tool.Name));
        var result = await ToolTests.CallAsync(Greeter.ComposeTool, """{"find":{"text":"you"}}""");
        Assert.Equal("""{"text":"hello, you"}""", ((JsonElement)result!).GetRawText());
    }
}
