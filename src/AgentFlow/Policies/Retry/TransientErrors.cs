using System.Data.Common;
using System.Net;
using System.Net.Sockets;

namespace AgentFlow;

/// <summary>Tells errors that may be gone at the next attempt from those that will not be.</summary>
public static class TransientErrors
{
    /// <summary>
    /// Whether an exception is transient: time-outs, socket errors, input/output errors other than a missing or forbidden file, HTTP
    /// without an answer or with status 408, 429 or 5xx, database errors that say so of themselves, and an <see cref="ActionFailedException"/> of another agent because of one of these,
    /// as far as the record of it tells if it comes from one.
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
        _ => false,
    };

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || ((int)status >= 500 && status != HttpStatusCode.NotImplemented);
}
