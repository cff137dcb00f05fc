namespace AgentFlow.AI;

/// <summary>A model was asked for an answer and has said nothing: neither text nor a call. Asking again may help.</summary>
public sealed class EmptyReplyException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EmptyReplyException()
        : base("The model gave an answer without any text.")
    {
    }
}
