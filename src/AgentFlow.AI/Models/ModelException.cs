using System.Net;

namespace AgentFlow.AI;

/// <summary>
/// A model did not answer, or answered with an error. It is an <see cref="HttpRequestException"/>, so that <see cref="TransientErrors"/>, and
/// with it <see cref="RetryAttribute"/>, tells what may be gone at the next attempt by its status. It never holds a key.
/// </summary>
public sealed class ModelException : HttpRequestException, IRetryAfter
{
    private const int MessageLimit = 1000;

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was wrong, and where; cut at 1,000 characters.</param>
    /// <param name="statusCode">The HTTP status, if an answer came.</param>
    /// <param name="retryAfter">How long the endpoint asks to be left alone, if it does.</param>
    /// <param name="code">The endpoint's own code of the error, such as <c>context_length_exceeded</c>.</param>
    /// <param name="innerException">The cause, if any.</param>
    public ModelException(string message, HttpStatusCode? statusCode = null, TimeSpan? retryAfter = null, string? code = null, Exception? innerException = null)
        : base(message is { Length: > MessageLimit } ? message[..MessageLimit] + "…" : message, innerException, statusCode)
    {
        RetryAfter = retryAfter;
        Code = code;
    }

    /// <summary>How long the endpoint asks to be left alone; <see langword="null"/> if it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The endpoint's own code of the error, such as <c>context_length_exceeded</c>; <see langword="null"/> if it gives none.</summary>
    public string? Code { get; }

    /// <summary>
    /// Whether trying again may help: no answer came, or it was broken, or its status says so (<see cref="TransientErrors"/>); an account
    /// without credit (<c>insufficient_quota</c>) is not helped by another attempt.
    /// </summary>
    public bool IsTransient => Code != "insufficient_quota" && TransientErrors.IsTransient(this);
}
