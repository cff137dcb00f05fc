using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>One reply of a scripted model: what it says, and what goes wrong. Immutable. A string converts to a reply that says it.</summary>
public sealed record ScriptedReply
{
    /// <summary>The text, in the chunks in which it is streamed. Default: none.</summary>
    public IReadOnlyList<string> Chunks { get; init; } = [];

    /// <summary>The tools that are called. Default: none.</summary>
    public IReadOnlyList<ScriptedToolCall> ToolCalls { get; init; } = [];

    /// <summary>The tokens used. Default: unknown; none are told.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>Why the reply ends. Default: <see cref="ChatFinishReason.ToolCalls"/> when tools are called, otherwise <see cref="ChatFinishReason.Stop"/>.</summary>
    public ChatFinishReason? FinishReason { get; init; }

    /// <summary>The model that is said to have answered. Default: the requested one, or <c>scripted</c>.</summary>
    public string? ModelId { get; init; }

    /// <summary>What goes wrong. Default: nothing.</summary>
    public ScriptedFault? Fault { get; init; }

    /// <summary>What a <see cref="ScriptedChatClient"/> throws in place of an answer; a <see cref="ChatServer"/> answers with status 500. Default: nothing.</summary>
    public Exception? Exception { get; init; }

    /// <summary>A gate: the reply goes on only once this has completed. Default: it does not wait.</summary>
    public Task? Gate { get; init; }

    /// <summary>How many chunks of text are streamed before the <see cref="Gate"/>. Default: 0.</summary>
    public int ChunksBeforeGate { get; init; }

    /// <summary>The whole text.</summary>
    public string Text => string.Concat(Chunks);

    /// <summary>A reply that says a text.</summary>
    /// <param name="text">The text; one chunk.</param>
    public static implicit operator ScriptedReply(string text) => FromString(text);

    /// <summary>A reply that says a text.</summary>
    /// <param name="text">The text; one chunk.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new() { Chunks = [text] };
    }

    /// <summary>A reply that says a text in several chunks.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply Streamed(params IEnumerable<string> chunks) => new() { Chunks = [.. chunks] };

    /// <summary>A reply that calls a tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The arguments as JSON text.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply Call(string tool, string arguments = "{}") => Calls(new ScriptedToolCall(tool, arguments));

    /// <summary>A reply that calls several tools.</summary>
    /// <param name="calls">The calls.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply Calls(params IEnumerable<ScriptedToolCall> calls) => new() { ToolCalls = [.. calls] };

    /// <summary>A reply that goes wrong before it says anything.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply Fail(ScriptedFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return new() { Fault = fault };
    }

    /// <summary>A reply that is an exception.</summary>
    /// <param name="exception">What is thrown.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply Throw(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return new() { Exception = exception };
    }

    /// <summary>The same reply with the tokens it used.</summary>
    /// <param name="inputTokens">Tokens of the request.</param>
    /// <param name="outputTokens">Tokens of the reply.</param>
    /// <param name="cachedInputTokens">Those of the request that the provider had cached; a part of <paramref name="inputTokens"/>. Default: 0.</param>
    /// <returns>A new reply.</returns>
    public ScriptedReply WithUsage(long inputTokens, long outputTokens, long cachedInputTokens = 0) => this with
    {
        Usage = new()
        {
            InputTokenCount = inputTokens,
            OutputTokenCount = outputTokens,
            TotalTokenCount = inputTokens + outputTokens,
            CachedInputTokenCount = cachedInputTokens > 0 ? cachedInputTokens : null,
        },
    };

    internal ChatFinishReason EffectiveFinishReason => FinishReason ?? (ToolCalls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop);

    internal static string CallId(ScriptedToolCall call, int reply, int place) =>
        call.Id ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"call_{reply + 1}_{place + 1}");
}
