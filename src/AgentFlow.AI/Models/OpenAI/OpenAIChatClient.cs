using System.ClientModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using Wire = OpenAI.Chat;

namespace AgentFlow.AI;

/// <summary>
/// A language model behind any endpoint that speaks OpenAI's chat completions, over the official <c>OpenAI</c> package: text, images, tools, streaming,
/// structured output, usage. Thread-safe; create one for each model and keep it. It does not try again by itself: <see cref="ChatClientExtensions.WithResilience"/> does.
/// Calls throw <see cref="ModelException"/> when the endpoint does not answer, answers with an error or not by the protocol,
/// <see cref="TimeoutException"/> after <see cref="OpenAIModelOptions.Timeout"/>, <see cref="NotSupportedException"/> for what the protocol cannot say.
/// </summary>
public sealed class OpenAIChatClient : IChatClient
{
    internal const string RefusalCode = "Refusal";

    private readonly OpenAIConnection _connection;
    private readonly ChatClient _client;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Creates a client.</summary>
    /// <param name="options">The model, and where it is.</param>
    /// <exception cref="ArgumentException">There is no model, or the endpoint is no absolute http or https URL.</exception>
    public OpenAIChatClient(OpenAIModelOptions options)
    {
        _connection = new(options);
#pragma warning disable OPENAI001 // The only way to send no key at all.
        _client = new(options.Model, _connection.Authentication, _connection.Client);
#pragma warning restore OPENAI001
        _metadata = new("openai", _connection.PublicEndpoint, options.Model);
    }

    /// <inheritdoc />
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var sent = OpenAIMessages.Convert(messages, options);
        var settings = OpenAIMessages.Convert(options);
        using var deadline = _connection.StartDeadline(cancellationToken);
        try
        {
            ChatCompletion completion = await _client.CompleteChatAsync(sent, settings, deadline.Token).ConfigureAwait(false);
            return Response(completion);
        }
        catch (Exception error) when (_connection.Errors.Translate(error, deadline, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var sent = OpenAIMessages.Convert(messages, options);
        var settings = OpenAIMessages.Convert(options);
        using var deadline = _connection.StartDeadline(cancellationToken);
        var stream = _client.CompleteChatStreamingAsync(sent, settings, deadline.Token).GetAsyncEnumerator(deadline.Token);
        await using (stream.ConfigureAwait(false))
        {
            var calls = new StreamedCalls();
            var finished = false;
            ChatResponseUpdate? last = null;
            while (await MoveNextAsync(stream, deadline, cancellationToken).ConfigureAwait(false))
            {
                var chunk = stream.Current;
                foreach (var fragment in chunk.ToolCallUpdates)
                {
                    calls.Add(fragment.Index, fragment.ToolCallId, fragment.FunctionName, fragment.FunctionArgumentsUpdate?.ToString());
                }

                finished |= chunk.FinishReason is not null;
                last = Update(chunk);
                deadline.Stop(); // The reader takes the time it needs.
                yield return last;
                deadline.Restart();
            }

            if (!finished || last is null)
            {
                throw _connection.Errors.CutShort();
            }

            if (calls.Count > 0)
            {
                yield return new(ChatRole.Assistant, [.. calls.Make(last.ResponseId, _connection.Errors)]) { ResponseId = last.ResponseId, MessageId = last.MessageId, ModelId = last.ModelId, CreatedAt = last.CreatedAt };
            }
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(ChatClient) ? _client
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc />
    public void Dispose() => _connection.Dispose();

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<StreamingChatCompletionUpdate> stream, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (_connection.Errors.Translate(error, deadline, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    private ChatResponse Response(ChatCompletion completion)
    {
        var message = new ChatMessage(ChatRole.Assistant, Contents(completion.Content)) { MessageId = completion.Id };
        if (completion.Refusal is { Length: > 0 } refusal)
        {
            message.Contents.Add(new ErrorContent(refusal) { ErrorCode = RefusalCode });
        }

        var calls = new StreamedCalls();
        for (var i = 0; i < completion.ToolCalls.Count; i++)
        {
            calls.Add(i, completion.ToolCalls[i].Id, completion.ToolCalls[i].FunctionName, completion.ToolCalls[i].FunctionArguments?.ToString());
        }

        foreach (var call in calls.Make(completion.Id, _connection.Errors))
        {
            message.Contents.Add(call);
        }

        return new(message)
        {
            ResponseId = completion.Id,
            ModelId = completion.Model ?? _metadata.DefaultModelId,
            CreatedAt = completion.CreatedAt,
            FinishReason = Reason(completion.FinishReason),
            Usage = completion.Usage is { } usage ? Usage(usage) : null,
        };
    }

    /// <summary>Tells a piece of a refusal that the official client's adapter has left out of what it streams.</summary>
    internal static void MarkRefusal(ChatResponseUpdate update)
    {
        if (update.RawRepresentation is StreamingChatCompletionUpdate { RefusalUpdate: { Length: > 0 } refusal }
            && !update.Contents.Any(static content => content is ErrorContent))
        {
            update.Contents.Add(new ErrorContent(refusal) { ErrorCode = RefusalCode });
        }
    }

    private ChatResponseUpdate Update(StreamingChatCompletionUpdate chunk)
    {
        var contents = Contents(chunk.ContentUpdate);
        if (chunk.RefusalUpdate is { Length: > 0 } refusal)
        {
            contents.Add(new ErrorContent(refusal) { ErrorCode = RefusalCode });
        }

        if (chunk.Usage is { } usage)
        {
            contents.Add(new UsageContent(Usage(usage)));
        }

        return new(ChatRole.Assistant, contents)
        {
            ResponseId = chunk.CompletionId,
            MessageId = chunk.CompletionId,
            ModelId = chunk.Model ?? _metadata.DefaultModelId,
            CreatedAt = chunk.CreatedAt,
            FinishReason = chunk.FinishReason is { } reason ? Reason(reason) : null,
        };
    }

    private static List<AIContent> Contents(ChatMessageContent parts) =>
        [.. parts.Where(static p => p.Kind == ChatMessageContentPartKind.Text && p.Text is { Length: > 0 }).Select(static p => new TextContent(p.Text))];

    private static UsageDetails Usage(ChatTokenUsage usage) => new()
    {
        InputTokenCount = usage.InputTokenCount,
        OutputTokenCount = usage.OutputTokenCount,
        TotalTokenCount = usage.TotalTokenCount,
        CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount is > 0 and var cached ? cached : null,
        ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount is > 0 and var reasoning ? reasoning : null,
    };

    private static ChatFinishReason Reason(Wire.ChatFinishReason reason) => reason switch
    {
        Wire.ChatFinishReason.Length => ChatFinishReason.Length,
        Wire.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        Wire.ChatFinishReason.ToolCalls or Wire.ChatFinishReason.FunctionCall => ChatFinishReason.ToolCalls,
        _ => ChatFinishReason.Stop,
    };
}
