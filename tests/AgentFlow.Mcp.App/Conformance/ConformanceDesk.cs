using System.ComponentModel;
using System.Text;
using System.Text.Json;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Mcp.App.Conformance;

/// <summary>The tools that the official conformance suite asks a server for, by the names that it gives them.</summary>
public static partial class ConformanceDesk
{
    private static readonly DataContent s_image = new(
        Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="),
        "image/png");

    /// <summary>A server of them.</summary>
    public static McpToolServer Serve() => new(
        new ToolRegistry().AddRange(Tools).Add(new Climber().AsTool()).Add(new Schooled()),
        new() { Name = "agentflow-conformance" });

    [Tool(Name = "test_simple_text", Effect = Effect.None)]
    [Description("Returns a text.")]
    private static string SimpleText() => "This is a simple text response for testing.";

    [Tool(Name = "test_image_content", Effect = Effect.None)]
    [Description("Returns an image.")]
    private static DataContent Image() => s_image;

    [Tool(Name = "test_audio_content", Effect = Effect.None)]
    [Description("Returns a sound.")]
    private static DataContent Audio() => new(Silence(), "audio/wav");

    [Tool(Name = "test_embedded_resource", Effect = Effect.None)]
    [Description("Returns a file.")]
    private static DataContent EmbeddedResource() => new(Encoding.UTF8.GetBytes("This is an embedded resource content."), "text/plain");

    [Tool(Name = "test_multiple_content_types", Effect = Effect.None)]
    [Description("Returns a text, an image and a file.")]
    private static AIContent[] MultipleContentTypes() =>
    [
        new TextContent("Multiple content types test:"),
        s_image,
        new DataContent(Encoding.UTF8.GetBytes("""{"test":"data","value":123}"""), "application/json"),
    ];

    [Tool(Name = "test_error_handling")]
    [Description("Fails.")]
    private static string ErrorHandling() => throw new ToolErrorException("This tool intentionally returns an error for testing");

    /// <summary>A sound of no samples.</summary>
    private static byte[] Silence() =>
    [
        .. "RIFF"u8, 36, 0, 0, 0, .. "WAVE"u8,
        .. "fmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0,
        .. "data"u8, 0, 0, 0, 0,
    ];

    /// <summary>A function whose schema somebody else has written.</summary>
    private sealed class Schooled : AIFunction
    {
        public override string Name => "json_schema_2020_12_tool";

        public override string Description => "Tool with JSON Schema 2020-12 features";

        public override JsonElement JsonSchema { get; } = JsonElement.Parse("""
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "$defs": {
                "address": { "type": "object", "properties": { "street": { "type": "string" }, "city": { "type": "string" } } }
              },
              "properties": { "name": { "type": "string" }, "address": { "$ref": "#/$defs/address" } },
              "additionalProperties": false
            }
            """);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
            new("called");
    }
}

/// <summary>An agent of three actions: a client that asks for it is told when each has ended.</summary>
[Agent, Tool(Name = "test_tool_with_progress", Effect = Effect.None)]
[Description("Climbs three steps, and tells of each.")]
public sealed partial class Climber
{
    [Action]
    private static int First() => 1;

    [Action]
    private static int Second([From(nameof(First))] int first) => first + 1;

    [Action]
    private static string Third([From(nameof(Second))] int second) => $"{second + 1} steps";
}
