using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>Media of results as the protocol's blocks.</summary>
internal static class McpContents
{
    /// <summary>The blocks of a result that is media; null for text or JSON.</summary>
    public static IReadOnlyList<AIContent>? Of(object? result) => result switch
    {
        AIContent one => [one],
        IEnumerable<AIContent> several => [.. several],
        _ => null,
    };

    /// <summary>Whether a function gives media: then its schema, which is that of a type of .NET, says nothing of what is sent.</summary>
    public static bool IsMedia(AIFunction tool)
    {
        var type = tool.UnderlyingMethod?.ReturnType;
        if (type is { IsGenericType: true } && type.GetGenericTypeDefinition() is var generic && (generic == typeof(Task<>) || generic == typeof(ValueTask<>)))
        {
            type = type.GetGenericArguments()[0];
        }

        return typeof(AIContent).IsAssignableFrom(type) || typeof(IEnumerable<AIContent>).IsAssignableFrom(type);
    }

    public static long LengthOf(IEnumerable<AIContent> contents) => contents.OfType<DataContent>().Sum(static data => (long)data.Data.Length);

    /// <summary>One block. A resource has to have a URI of its own, and none if it was made by a call: so it is named after that.</summary>
    public static ContentBlock Block(AIContent content, string tool, int index)
    {
        var block = content.ToContentBlock();
        if (block is EmbeddedResourceBlock { Resource: { } resource } && string.IsNullOrEmpty(resource.Uri))
        {
            resource.Uri = $"agentflow://tools/{Uri.EscapeDataString(tool)}/results/{Guid.NewGuid():n}/{index}";
        }

        return block;
    }
}
