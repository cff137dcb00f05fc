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
        var outputs = await OutputsAsync(session, cancellationToken).ConfigureAwait(false);
        return outputs.TryGetProperty("Requests", out var requests) && !outputs.TryGetProperty("Approve", out _)
            ? requests.Deserialize(ApprovalJson.Default.ToolApprovalArray) ?? []
            : [];
    }

    /// <summary>The calls of the thought at hand, with their arguments: what whoever approves one wants to see.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The calls; none if it has not thought yet, or has its answer.</returns>
    public static async ValueTask<ToolCall[]> GetCallsAsync(this Session<ReActAgent, ReActAnswer> session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        var outputs = await OutputsAsync(session, cancellationToken).ConfigureAwait(false);
        return outputs.TryGetProperty("Think", out var thought) ? thought.Deserialize(ApprovalJson.Default.ReActThought)?.Calls ?? [] : [];
    }

    private static async ValueTask<JsonElement> OutputsAsync(Session<ReActAgent, ReActAnswer> session, CancellationToken cancellationToken)
    {
        var export = await session.ExportAsync(isFull: true, cancellationToken).ConfigureAwait(false);
        return export.GetProperty("state").GetProperty("memory");
    }

    [JsonSourceGenerationOptions(UseStringEnumConverter = true)]
    [JsonSerializable(typeof(ToolApproval[]))]
    [JsonSerializable(typeof(ReActThought))]
    private sealed partial class ApprovalJson : JsonSerializerContext;
}
