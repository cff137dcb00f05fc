using System.Net;
using System.Runtime.CompilerServices;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>
/// A model that says what it was told to, and remembers what it was asked. Thread-safe: each request takes the next reply of the script.
/// A request beyond the script is a <see cref="ScriptExhaustedException"/>.
/// </summary>
public sealed class ScriptedChatClient : IChatClient
{
    private readonly ReplyScript _script;
    private readonly ChatClientMetadata _metadata = new("scripted", null, "scripted");

    /// <summary>Creates a model with a list of replies.</summary>
    /// <param name="replies">The replies, in order.</param>
    public ScriptedChatClient(params IEnumerable<ScriptedReply> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        _script = new(replies);
    }

    /// <summary>Creates a model that replies to what it is asked.</summary>
    /// <param name="reply">Gives the reply to a request; it may be called for several requests at once.</param>
    public ScriptedChatClient(Func<ScriptedRequest, ScriptedReply> reply) => _script = new(reply);

    /// <summary>The requests so far, in order.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => _script.Requests;

    /// <summary>Waits for requests.</summary>
    /// <param name="count">How many there must have been in all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Completes once there have been so many.</returns>
    public Task WhenRequestedAsync(int count, CancellationToken cancellationToken = default) => _script.WhenRequestedAsync(count, cancellationToken);

    /// <inheritdoc />
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in StreamAsync(messages, options, streaming: false, cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamAsync(messages, options, streaming: true, cancellationToken);

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // It holds nothing; what it was asked can be read afterwards.
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, bool streaming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        var (request, reply) = _script.Next(messages, options, streaming);
        var id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"scripted-{request.Index + 1}");
        var model = reply.ModelId ?? options?.ModelId ?? "scripted";
        for (var sent = 0; ; sent++)
        {
            if (reply.Gate is { } gate && sent == Math.Min(reply.ChunksBeforeGate, reply.Chunks.Count))
            {
                await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (reply.Exception is { } exception)
            {
                throw exception;
            }

            ThrowIfFaulty(reply.Fault, streaming ? sent : int.MaxValue, reply.Chunks.Count);
            if (sent == reply.Chunks.Count)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return Update(new TextContent(reply.Chunks[sent]));
        }

        for (var i = 0; i < reply.ToolCalls.Count; i++)
        {
            yield return Update(reply.ToolCalls[i].ToContent(ScriptedReply.CallId(reply.ToolCalls[i], request.Index, i)));
        }

        var last = Update(reply.Usage is { } usage ? [new UsageContent(usage)] : []);
        last.FinishReason = reply.EffectiveFinishReason;
        yield return last;

        ChatResponseUpdate Update(params AIContent[] contents) => new(ChatRole.Assistant, [.. contents]) { ResponseId = id, MessageId = id, ModelId = model };
    }

    private static void ThrowIfFaulty(ScriptedFault? fault, int sent, int chunks)
    {
        switch (fault?.Kind)
        {
            case FaultKind.Status:
                throw new ModelException($"The scripted model answers with status {fault.Number}.", (HttpStatusCode)fault.Number, fault.RetryAfter, fault.Code);
            case FaultKind.CutBefore:
                throw new ModelException("The scripted model closes the connection before it answers.");
            case FaultKind.Malformed when sent >= 1 || chunks == 0:
                throw new ModelException("The scripted model's answer is malformed.");
            case FaultKind.CutWithin when sent >= Math.Min(fault.Number, chunks):
                throw new ModelException("The scripted model closes the connection within its answer.");
        }
    }
}
