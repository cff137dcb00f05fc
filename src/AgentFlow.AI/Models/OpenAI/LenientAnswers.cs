using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentFlow.AI;

/// <summary>
/// Puts answers right that say what they mean in other words than the protocol's, and that the package refuses whole: reasons to finish that are empty or unknown, calls without an index, arguments that are
/// left out, <c>null</c>, or JSON instead of a text.
/// </summary>
internal static class LenientAnswers
{
    private static readonly string[] s_reasons = ["stop", "length", "tool_calls", "content_filter", "function_call"];

    /// <summary>A whole answer.</summary>
    public static async Task<HttpContent> ReadAsync(Stream answer, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await answer.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        await answer.DisposeAsync().ConfigureAwait(false);
        var bytes = buffer.ToArray();
        return new ByteArrayContent(TryMend(bytes, isChunk: false, out var mended, out _) ? Encoding.UTF8.GetBytes(mended) : bytes);
    }

    /// <summary>Puts an answer, or a chunk of one, right.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="isChunk">Whether it is a chunk, of which an empty reason means that there is more.</param>
    /// <param name="mended">The answer as it should be.</param>
    /// <param name="isFinished">Whether it gives a reason to finish.</param>
    /// <returns>Whether there was something to put right.</returns>
    public static bool TryMend(ReadOnlySpan<byte> json, bool isChunk, [NotNullWhen(true)] out string? mended, out bool isFinished)
    {
        mended = null;
        isFinished = false;
        if (json.IndexOf("finish_reason"u8) < 0 && json.IndexOf("tool_calls"u8) < 0 && json.IndexOf("choices"u8) < 0)
        {
            return false;
        }

        try
        {
            if (JsonNode.Parse(json) is not JsonObject answer || answer["choices"] is not JsonArray choices)
            {
                return false;
            }

            var isChanged = false;
            foreach (var choice in choices.OfType<JsonObject>())
            {
                var message = choice[isChunk ? "delta" : "message"] as JsonObject;
                var calls = message?["tool_calls"] as JsonArray;
                isChanged |= calls is not null && MendCalls(calls, isChunk);
                isChanged |= MendReason(choice, isChunk, hasCalls: calls is { Count: > 0 });
                isFinished |= choice["finish_reason"] is JsonValue;
            }

            mended = isChanged ? answer.ToJsonString() : null;
            return isChanged;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return false; // The package says what is wrong.
        }
    }

    private static bool MendReason(JsonObject choice, bool isChunk, bool hasCalls)
    {
        var reason = choice["finish_reason"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        if (reason is not null && s_reasons.Contains(reason))
        {
            return false;
        }

        if (string.IsNullOrEmpty(reason))
        {
            if (isChunk)
            {
                var was = choice["finish_reason"];
                choice["finish_reason"] = null;
                return was is not null;
            }

            choice["finish_reason"] = hasCalls ? "tool_calls" : "stop";
            return true;
        }

        choice["finish_reason"] = reason.ToLowerInvariant() switch
        {
            "max_tokens" or "max_length" or "max_output_tokens" or "length_limit" => "length",
            "tool_use" or "tool_call" or "function" => "tool_calls",
            "safety" or "refusal" or "content_filtered" or "blocked" or "recitation" => "content_filter",
            _ => hasCalls && !isChunk ? "tool_calls" : "stop",
        };
        return true;
    }

    private static bool MendCalls(JsonArray calls, bool isChunk)
    {
        var isChanged = false;
        for (var i = 0; i < calls.Count; i++)
        {
            if (calls[i] is not JsonObject call)
            {
                continue;
            }

            if (isChunk && call["index"] is null)
            {
                call["index"] = i;
                isChanged = true;
            }

            if (!isChunk && call["id"] is null)
            {
                call["id"] = "";
                isChanged = true;
            }

            if (!isChunk && call["type"] is null)
            {
                call["type"] = "function";
                isChanged = true;
            }

            if (call["function"] is JsonObject function && !(function["arguments"] is JsonValue arguments && arguments.GetValueKind() == JsonValueKind.String) && !(isChunk && !function.ContainsKey("arguments")))
            {
                function["arguments"] = function["arguments"]?.ToJsonString() ?? "";
                isChanged = true;
            }
        }

        return isChanged;
    }
}
