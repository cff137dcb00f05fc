using System.Text.Json;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>A server's tool as a function. It outlives the connection: a call uses the one that there is.</summary>
internal sealed class McpTool(McpTools server, Tool tool, string name) : AIFunction
{
    /// <inheritdoc />
    public override string Name => name;

    /// <inheritdoc />
    public override string Description => tool.Description ?? "";

    /// <inheritdoc />
    public override JsonElement JsonSchema => tool.InputSchema;

    /// <inheritdoc />
    public override JsonElement? ReturnJsonSchema => tool.OutputSchema;

    /// <summary>The tool as the server describes it.</summary>
    public Tool Definition => tool;

    /// <summary>What a repetition of a call would do, as the server says; by the protocol, what it does not say is the worst.</summary>
    public Effect Effect => tool.Annotations switch
    {
        { ReadOnlyHint: true } => Effect.None,
        { IdempotentHint: true } => Effect.AtLeastOnce,
        _ => Effect.AtMostOnce,
    };

    /// <summary>Whether a call may destroy something, as the server says; by the protocol it may unless it is said not to.</summary>
    public bool IsDestructive => tool.Annotations is not ({ ReadOnlyHint: true } or { DestructiveHint: false });

    /// <inheritdoc />
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(Effect) ? Effect
        : serviceKey is null && serviceType == typeof(Tool) ? tool
        : base.GetService(serviceType, serviceKey);

    /// <summary>Whether the server describes it as it did before.</summary>
    public bool IsSameAs(McpTool other) => Name == other.Name && McpToolPins.HashOf(tool) == McpToolPins.HashOf(other.Definition);

    /// <inheritdoc />
    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => server.CallAsync(tool, arguments, cancellationToken);
}
