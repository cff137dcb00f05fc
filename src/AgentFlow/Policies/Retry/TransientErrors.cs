using System.Data.Common;
using System.Net;
using System.Net.Sockets;

namespace AgentFlow;

/// <summary>Tells errors that may be gone at the next attempt from those that will not be.</summary>
public static class TransientErrors
{
    /// <summary>
    /// Whether an exception is transient: time-outs, socket errors, input/output errors other than a missing or forbidden file, HTTP
    /// without an answer or with status 408, 429 or 5xx, be it told by HttpClient or by the official clients of OpenAI and Azure, database errors that say so of themselves,
    /// and an <see cref="ActionFailedException"/> of another agent because of one of these, as far as the record of it tells if it comes from one.
    /// </summary>
    /// <param name="error">The exception. Of an <see cref="AggregateException"/> every inner one must be transient.</param>
    /// <returns>Whether trying again may help.</returns>
    public static bool IsTransient(Exception error) => error switch
    {
        TimeoutException or SocketException => true,
        HttpRequestException http => http.StatusCode is not { } status || IsTransient(status),
        OperationCanceledException { InnerException: TimeoutException } => true,
        FileNotFoundException or DirectoryNotFoundException or DriveNotFoundException or PathTooLongException => false,
        IOException => true,
        DbException database => database.IsTransient,
        ActionFailedException { InnerException: { } cause } => IsTransient(cause),
        RecordedException recorded => recorded.Type is "System.TimeoutException" or "System.Net.Sockets.SocketException" or "System.IO.IOException" or "AgentFlow.TransactionTimeoutException",
        AggregateException several => several.InnerExceptions.Count > 0 && several.InnerExceptions.All(IsTransient),
        _ => OfficialClients.StatusOf(error) is { } status && IsTransient(status),
    };

    /// <summary>
    /// How long an exception asks to wait before the next attempt: one that says so itself (<see cref="IRetryAfter"/>), the header
    /// <c>Retry-After</c> of the official clients of OpenAI and Azure,
    /// or of several exceptions the longest.
    /// </summary>
    /// <param name="error">The exception.</param>
    /// <param name="timeProvider">The clock that a date is compared with. Default: the system's.</param>
    /// <returns>The time, at least zero; <see langword="null"/> if it does not say.</returns>
    public static TimeSpan? RetryAfterOf(Exception error, TimeProvider? timeProvider = null)
    {
        var asked = error switch
        {
            IRetryAfter says => says.RetryAfter,
            ActionFailedException { InnerException: { } cause } => RetryAfterOf(cause, timeProvider),
            AggregateException several => several.InnerExceptions.Max(inner => RetryAfterOf(inner, timeProvider)),
            _ => OfficialClients.RetryAfterOf(error, timeProvider ?? TimeProvider.System),
        };
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || ((int)status >= 500 && status != HttpStatusCode.NotImplemented);
}
