using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Asks until the reply fits, a bounded number of times.</summary>
internal static class StructuredOutput
{
    public static async ValueTask<T> GetAsync<T>(Func<IReadOnlyList<ChatMessage>, ChatOptions, ValueTask<ChatResponse>> ask, IEnumerable<ChatMessage> messages, JsonTypeInfo<T> type, StructuredOutputOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(type);
        options ??= new();
        var schema = OutputSchema.Of(type);
        var settings = options.Chat?.Clone() ?? new();
        settings.ResponseFormat = options.SchemaInMessages ? ChatResponseFormat.Json : ChatResponseFormat.ForJsonSchema(schema.Json, options.SchemaName ?? schema.Name, schema.Description);
        List<ChatMessage> sent = [.. messages];
        if (options.SchemaInMessages)
        {
            sent.Insert(0, new(ChatRole.System, $"Answer with JSON alone, by this schema: {JsonText.Of(schema.Json)}"));
        }

        for (var attempt = 1; ; attempt++)
        {
            var response = await ask([.. sent], settings).ConfigureAwait(false);
            if (response.GetRefusal() is { } refusal)
            {
                throw new ModelRefusalException(refusal);
            }

            if (TryRead(response, schema, type, out var value, out var errors))
            {
                return value;
            }

            if (attempt > options.MaxCorrections)
            {
                throw new StructuredOutputException(typeof(T), response.Text, errors, attempt);
            }

            sent.Add(new(ChatRole.Assistant, Shorten(response.Text)));
            sent.Add(new(ChatRole.User, $"That does not fit the schema:\n{string.Join('\n', errors.Select(static e => "- " + e))}\nAnswer with the whole corrected JSON, and nothing else."));
        }
    }

    private static bool TryRead<T>(ChatResponse response, OutputSchema schema, JsonTypeInfo<T> type, [MaybeNullWhen(false)] out T value, out IReadOnlyList<string> errors)
    {
        value = default;
        try
        {
            using var json = JsonDocument.Parse(Unfenced(response.Text), new() { AllowDuplicateProperties = false });
            errors = schema.Validate(json.RootElement);
            if (errors.Count > 0)
            {
                return false;
            }

            var read = schema.Unwrap(json.RootElement);
            value = WholeNumbers.Deserialize(read, type);
            errors = value is null ? ["$: expected a value, found null."]
                : HugeNumbers.AreLost(read, value, type) ? ["$: a number is larger than its type holds."]
                : [];
            return errors.Count == 0;
        }
        catch (JsonException error)
        {
            errors = [Explain(response, error)];
            return false;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            errors = [$"$: the value is refused: {error.Message}"]; // By the type's own constructor or setter.
            return false;
        }
    }

    private static string Explain(ChatResponse response, JsonException error) => response switch
    {
        { Text.Length: 0 } => "The reply has no text.",
        { FinishReason: var reason } when reason == ChatFinishReason.Length => "The reply was cut off at the limit of its length. Answer more briefly.",
        _ when IsOfType(error) =>
            $"{error.Path}: the value is outside what is expected there: too large, too small, or not in its form.",
        _ => $"{error.Path ?? "$"}: this is not valid JSON of the schema: {error.Message}",
    };

    /// <summary>Whether the message only names the .NET type that the value could not become, which tells a model nothing.</summary>
    private static bool IsOfType(JsonException error) =>
        error.Path is not null && error.Message.Contains(" could not be converted to ", StringComparison.Ordinal);

    /// <summary>Models put JSON between fences, with or without words around them, whatever they are told.</summary>
    private static string Unfenced(string text)
    {
        const string Fence = "```";
        var trimmed = text.AsSpan().Trim();
        var start = trimmed.IndexOf(Fence, StringComparison.Ordinal);
        if (start < 0 || trimmed[0] is '{' or '[' or '"')
        {
            return trimmed.ToString();
        }

        var inner = trimmed[(start + Fence.Length)..];
        var line = inner.IndexOf('\n');
        var end = line < 0 ? -1 : inner[line..].LastIndexOf(Fence, StringComparison.Ordinal);
        return end < 0 ? trimmed.ToString() : inner.Slice(line, end).Trim().ToString();
    }

    private static string Shorten(string text) => text.Length <= StructuredOutputException.ReplyLimit * 4 ? text : text[..(StructuredOutputException.ReplyLimit * 4)] + "…";
}
