using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Calls of models from actions: their tokens are events, their usage counts against the agent's budget.</summary>
public static class ActionContextModelExtensions
{
    /// <summary>
    /// Asks a model. When the run is observed the reply is streamed, and each chunk of text is an <c>llm_token</c> event; otherwise it is a
    /// plain call. The response is the same. Its tokens, and their cost by the <see cref="PriceTable"/> of the model or of the run's services,
    /// count against the agent's <see cref="BudgetAttribute"/>; a model that tells no usage is counted by an estimate of one token for four bytes.
    /// Every chunk is a heartbeat.
    /// </summary>
    /// <param name="context">The action.</param>
    /// <param name="model">The model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Options of the request.</param>
    /// <param name="cancellationToken">The action's token.</param>
    /// <returns>The response.</returns>
    /// <exception cref="ModelException">The model did not answer, or with an error; what other clients than AgentFlow's throw is passed on.</exception>
    /// <exception cref="InvalidOperationException">There is a price table without a price for the model.</exception>
    public static async ValueTask<ChatResponse> AskAsync(this ActionContext context, IChatClient model, IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(messages);

        // A conversation that the provider keeps has its calls there.
        ChatMessage[] sent = options?.ConversationId is null ? [.. Pairing.Repair(messages)] : [.. messages];
        context.Heartbeat();
        var response = context.IsObserved
            ? await StreamAsync(context, model, sent, options, cancellationToken).ConfigureAwait(false)
            : await model.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
        context.Heartbeat();
        ModelUsage.Report(context, model, sent, options, response);
        return response;
    }

    /// <summary>
    /// Asks a model for a value of a type. The schema is made of the type's JSON contract, and sent along; a reply that does not fit goes back
    /// to the model with what is wrong, a bounded number of times. Each call counts as by the other overload.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="context">The action.</param>
    /// <param name="model">The model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="type">The JSON contract of the type, from a source-generated context.</param>
    /// <param name="options">How the value is asked for.</param>
    /// <param name="cancellationToken">The action's token.</param>
    /// <returns>The value.</returns>
    /// <exception cref="StructuredOutputException">No reply fitted, corrections included.</exception>
    public static ValueTask<T> AskAsync<T>(this ActionContext context, IChatClient model, IEnumerable<ChatMessage> messages, JsonTypeInfo<T> type, StructuredOutputOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return StructuredOutput.GetAsync((sent, settings) => context.AskAsync(model, sent, settings, cancellationToken), messages, type, options);
    }

    private static async ValueTask<ChatResponse> StreamAsync(ActionContext context, IChatClient model, ChatMessage[] messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in model.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            OpenAIChatClient.MarkRefusal(update);
            updates.Add(update);
            context.Heartbeat();
            if (update.Text is { Length: > 0 } text)
            {
                await context.EmitTokenAsync(text).ConfigureAwait(false);
            }
        }

        return updates.ToChatResponse();
    }
}
