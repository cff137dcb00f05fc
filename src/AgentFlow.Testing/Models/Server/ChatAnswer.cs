using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>Writes one answer, as the script wants it.</summary>
internal sealed class ChatAnswer(HttpReply response, CancellationToken stopping)
{
    private const int ArgumentFragment = 8;

    public async Task ChatAsync(ChatCall call, int index, ScriptedReply reply)
    {
        if (!call.Stream || reply.ChunksBeforeGate == 0)
        {
            await PassAsync(reply.Gate).ConfigureAwait(false);
        }

        switch (reply)
        {
            case { Exception: { } exception }:
                await ErrorAsync(500, $"{exception.GetType().Name}: {exception.Message}").ConfigureAwait(false);
                break;
            case { Fault: { Kind: FaultKind.Status } fault }:
                await ErrorAsync(fault.Number, $"The script answers with status {fault.Number}.", fault.RetryAfter, fault.Code).ConfigureAwait(false);
                break;
            case { Fault.Kind: FaultKind.CutBefore }:
                response.Cut();
                break;
            case var _ when call.Stream:
                await StreamAsync(call, index, reply).ConfigureAwait(false);
                break;
            default:
                await PlainAsync(call, index, reply).ConfigureAwait(false);
                break;
        }
    }

    public Task EmbeddingsAsync(string model, string[] texts, ReadOnlyMemory<float>[] vectors, bool base64)
    {
        var data = new JsonArray();
        for (var i = 0; i < vectors.Length; i++)
        {
            var numbers = new JsonArray();
            foreach (var x in base64 ? default : vectors[i].Span)
            {
                numbers.Add((JsonNode)x);
            }

            JsonNode vector = base64 ? Convert.ToBase64String(MemoryMarshal.AsBytes(vectors[i].Span)) : numbers;
            data.Add((JsonNode)new JsonObject { ["object"] = "embedding", ["index"] = i, ["embedding"] = vector });
        }

        var tokens = texts.Sum(static t => t.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        return JsonAsync(new() { ["object"] = "list", ["model"] = model, ["data"] = data, ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens } });
    }

    public Task ErrorAsync(int status, string message, TimeSpan? retryAfter = null, string? code = null)
    {
        response.Status = status;
        if (retryAfter is { } wait)
        {
            response.Headers["Retry-After"] = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var type = status switch { 401 => "authentication_error", 429 => "rate_limit_error", >= 500 => "server_error", _ => "invalid_request_error" };
        return JsonAsync(new() { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = code } });
    }

    public Task JsonAsync(JsonObject body) => response.SendAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));

    private async Task PlainAsync(ChatCall call, int index, ScriptedReply reply)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = reply.Chunks.Count > 0 ? reply.Text : null };
        if (reply.ToolCalls.Count > 0)
        {
            var calls = new JsonArray();
            for (var i = 0; i < reply.ToolCalls.Count; i++)
            {
                var c = reply.ToolCalls[i];
                calls.Add((JsonNode)new JsonObject { ["id"] = ScriptedReply.CallId(c, index, i), ["type"] = "function", ["function"] = new JsonObject { ["name"] = c.Name, ["arguments"] = c.Arguments } });
            }

            message["tool_calls"] = calls;
        }

        var body = Envelope("chat.completion", call, index, reply);
        body["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = reply.EffectiveFinishReason.Value });
        if (reply.Usage is { } usage)
        {
            body["usage"] = UsageOf(usage);
        }

        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        switch (reply.Fault?.Kind)
        {
            case FaultKind.Malformed:
                await response.SendAsync(bytes.AsMemory(0, bytes.Length / 2)).ConfigureAwait(false);
                break;
            case FaultKind.CutWithin:
                await response.SendAsync(bytes.AsMemory(0, bytes.Length / 2), promised: bytes.Length).ConfigureAwait(false);
                response.Cut();
                break;
            default:
                await response.SendAsync(bytes).ConfigureAwait(false);
                break;
        }
    }

    private async Task StreamAsync(ChatCall call, int index, ScriptedReply reply)
    {
        response.Headers["Content-Type"] = "text/event-stream";
        await response.BeginChunksAsync().ConfigureAwait(false);
        await DeltaAsync(new() { ["role"] = "assistant", ["content"] = "" }).ConfigureAwait(false);
        for (var sent = 0; ; sent++)
        {
            if (sent == Math.Min(reply.ChunksBeforeGate, reply.Chunks.Count))
            {
                await PassAsync(reply.Gate).ConfigureAwait(false);
            }

            if (reply.Fault is { Kind: FaultKind.CutWithin } cut && sent >= Math.Min(cut.Number, reply.Chunks.Count))
            {
                response.Cut();
                return;
            }

            if (reply.Fault is { Kind: FaultKind.Malformed } && (sent == 1 || reply.Chunks.Count == 0))
            {
                await EventAsync("""{"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"ind""").ConfigureAwait(false);
                await response.EndChunksAsync().ConfigureAwait(false);
                return;
            }

            if (sent == reply.Chunks.Count)
            {
                break;
            }

            await DeltaAsync(new() { ["content"] = reply.Chunks[sent] }).ConfigureAwait(false);
        }

        for (var i = 0; i < reply.ToolCalls.Count; i++)
        {
            await StreamAsync(reply.ToolCalls[i], ScriptedReply.CallId(reply.ToolCalls[i], index, i), i).ConfigureAwait(false);
        }

        await DeltaAsync([], reply.EffectiveFinishReason).ConfigureAwait(false);
        if (call.IncludeUsage && reply.Usage is { } usage)
        {
            var chunk = Envelope("chat.completion.chunk", call, index, reply);
            chunk["choices"] = new JsonArray();
            chunk["usage"] = UsageOf(usage);
            await EventAsync(chunk.ToJsonString()).ConfigureAwait(false);
        }

        await EventAsync("[DONE]").ConfigureAwait(false);
        await response.EndChunksAsync().ConfigureAwait(false);

        // The name comes first and the arguments in fragments, as providers send them.
        async Task StreamAsync(ScriptedToolCall tool, string id, int place)
        {
            await ToolAsync(new() { ["index"] = place, ["id"] = id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = tool.Name, ["arguments"] = "" } }).ConfigureAwait(false);
            for (var at = 0; at < tool.Arguments.Length;)
            {
                var length = Math.Min(ArgumentFragment, tool.Arguments.Length - at);
                length += char.IsHighSurrogate(tool.Arguments[at + length - 1]) && at + length < tool.Arguments.Length ? 1 : 0;
                await ToolAsync(new() { ["index"] = place, ["function"] = new JsonObject { ["arguments"] = tool.Arguments.Substring(at, length) } }).ConfigureAwait(false);
                at += length;
            }
        }

        Task ToolAsync(JsonObject fragment) => DeltaAsync(new() { ["tool_calls"] = new JsonArray(fragment) });

        Task DeltaAsync(JsonObject delta, ChatFinishReason? finish = null)
        {
            var chunk = Envelope("chat.completion.chunk", call, index, reply);
            chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish?.Value });
            return EventAsync(chunk.ToJsonString());
        }
    }

    private static JsonObject Envelope(string kind, ChatCall call, int index, ScriptedReply reply) => new()
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"chatcmpl-{index + 1}"),
        ["object"] = kind,
        ["created"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        ["model"] = reply.ModelId ?? call.Options.ModelId,
    };

    private static JsonObject UsageOf(UsageDetails usage) => new()
    {
        ["prompt_tokens"] = usage.InputTokenCount ?? 0,
        ["completion_tokens"] = usage.OutputTokenCount ?? 0,
        ["total_tokens"] = usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0),
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CachedInputTokenCount ?? 0 },
    };

    private async Task PassAsync(Task? gate)
    {
        if (gate is not null)
        {
            await gate.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    private Task EventAsync(string data) => response.ChunkAsync(Encoding.UTF8.GetBytes($"data: {data}\n\n"));
}
