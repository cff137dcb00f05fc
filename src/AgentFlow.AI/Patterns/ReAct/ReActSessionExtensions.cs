using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentFlow.AI;

/// <summary>What sessions of a <see cref="ReActAgent"/> wait for.</summary>
public static partial class ReActSessionExtensions
{
    /// <summary>The calls that wait for an approval. Grant or deny each, and answer with <c>session.ApproveAsync(decided)</c>.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The requests; none if it waits for no approval.</returns>
    public static async ValueTask<ToolApproval[]> GetRequestsAsync(this Session<ReActAgent, ReActAnswer> session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        var export = await session.ExportAsync(isFull: true, cancellationToken).ConfigureAwait(false);
        return export.TryGetProperty("state", out var state) && state.TryGetProperty("memory", out var memory) && memory.TryGetProperty("Requests", out var requests)
            && !memory.TryGetProperty("Approve", out _)
            ? requests.Deserialize(ApprovalJson.Default.ToolApprovalArray) ?? []
            : [];
    }

    [JsonSourceGenerationOptions(UseStringEnumConverter = true)]
    [JsonSerializable(typeof(ToolApproval[]))]
    private sealed partial class ApprovalJson : JsonSerializerContext;
}
