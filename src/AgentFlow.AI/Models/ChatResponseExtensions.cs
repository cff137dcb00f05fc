using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What a reply is, besides its text.</summary>
public static class ChatResponseExtensions
{
    private const string NoReason = "(it gives no reason)";

    /// <summary>
    /// Finds out whether a model has refused to answer. A refusal is no text of a reply (<see cref="ChatResponse.Text"/> is empty then), so that whoever reads the text alone takes it for an answer.
    /// </summary>
    /// <param name="response">The reply.</param>
    /// <returns>
    /// The words of the refusal: those that the provider marks as one, or the reply's text if a filter has withheld the rest of it; <see langword="null"/> if it is none.
    /// </returns>
    public static string? GetRefusal(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var marked = string.Concat(response.Messages.SelectMany(static message => message.Contents).OfType<ErrorContent>().Where(static error => error.ErrorCode == OpenAIChatClient.RefusalCode).Select(static error => error.Message));
        return marked.Length > 0 ? Surrogates.Mended(marked)
            : response.FinishReason != ChatFinishReason.ContentFilter || response.Messages.Any(static message => message.Contents.Any(static content => content is FunctionCallContent)) ? null
            : string.IsNullOrWhiteSpace(response.Text) ? NoReason
            : Surrogates.Mended(response.Text);
    }

    /// <summary>The text of a reply.</summary>
    /// <exception cref="ModelRefusalException">The model has refused.</exception>
    internal static string Said(this ChatResponse response) => response.GetRefusal() is { } refusal ? throw new ModelRefusalException(refusal) : Surrogates.Mended(response.Text);

    /// <summary>The text of a reply that is to be an answer.</summary>
    /// <exception cref="ModelRefusalException">The model has refused.</exception>
    /// <exception cref="EmptyReplyException">It has said nothing.</exception>
    internal static string Answered(this ChatResponse response) =>
        response.Said() is var text && !string.IsNullOrWhiteSpace(text) ? text : throw new EmptyReplyException();
}
