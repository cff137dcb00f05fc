using System.Runtime.CompilerServices;
using AgentFlow.CompilerServices;
using AgentFlow.Schemas;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>The schemas of tools' arguments, each read once for as long as the tool lives.</summary>
internal static class ToolSchemas
{
    private static readonly ConditionalWeakTable<AIFunction, JsonSchema> Read = [];

    /// <summary>The schema of a tool: as its own type has it where it is generated, else as JSON Schema has it.</summary>
    public static JsonSchema Of(AIFunction tool) =>
        tool.GetService<ToolDefinition>() is { } definition ? definition.ArgumentsSchema : Read.GetValue(tool, static tool => JsonSchema.Parse(tool.JsonSchema));

    /// <summary>Whether a tool checks its arguments itself, by the schema that it was generated with.</summary>
    public static bool IsChecked(AIFunction tool) => tool.GetService<ToolDefinition>() is not null;
}
