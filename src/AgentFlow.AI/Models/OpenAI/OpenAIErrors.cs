using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>What becomes of the errors of an endpoint: one of few types that say what was wrong and where, and never the key.</summary>
internal sealed class OpenAIErrors(OpenAIModelOptions options)
{
    private const int BodyLimit = 64 * 1024;

    private readonly Secrets _secrets = new(options.ApiKey, options.Endpoint.UserInfo, options.Endpoint.Query.TrimStart('?'));

    private string Where => $"Model '{options.Model}' at {Public(options.Endpoint)}";

    /// <summary>An address without what may be secret in it.</summary>
    public static Uri Public(Uri endpoint) =>
        endpoint.UserInfo.Length == 0 && endpoint.Query.Length == 0 ? endpoint : new(endpoint.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));

    /// <summary>The error to throw in place of another; <see langword="null"/> to let it pass.</summary>
    public Exception? Translate(Exception error, Deadline deadline, CancellationToken cancellationToken) => error switch
    {
        ModelException or NotSupportedException => null,
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException("The call of the model was cancelled.", _secrets.Kept(error), cancellationToken),
        _ when deadline.HasPassed => new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{Where} did not answer, or did not go on answering, within {options.Timeout.TotalSeconds:0.###} s."), _secrets.Kept(error)),
        _ when Find<RedirectedException>(error) is { } redirected => new ModelException($"{Where}: {redirected.Message}", HttpStatusCode.PermanentRedirect),
        _ when Find<AnswerTooLongException>(error) is { } tooLong => new ModelException($"{Where}: {tooLong.Message} It is refused; MaxResponseBytes sets the limit.", HttpStatusCode.RequestEntityTooLarge),
        ClientResultException { Status: >= 400 } refused => Refused(refused),
        ClientResultException or HttpRequestException or IOException or OperationCanceledException => new ModelException($"{Where}: no complete answer came: {Redact(Innermost(error).Message)}", innerException: _secrets.Kept(Transport(error))),
        JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or NullReferenceException or IndexOutOfRangeException => Malformed(error),
        _ => null,
    };

    /// <summary>The answer is not what the protocol says.</summary>
    public ModelException Malformed(Exception? error = null) => new($"{Where}: the answer is malformed{(error is null ? "" : ": " + Redact(error.Message))}", innerException: _secrets.Kept(error));

    /// <summary>The stream ended before the model said that it had finished.</summary>
    public ModelException CutShort() => new($"{Where}: the stream ended before the answer did.");

    private ModelException Refused(ClientResultException error)
    {
        var response = error.GetRawResponse();
        var (message, code) = Body(response);

        // The package's exception is not kept: it quotes the whole body, and some endpoints repeat the key in theirs.
        return new($"{Where} answered with status {error.Status}{(code is null ? "" : $" ({Redact(code)})")}: {Redact(message ?? "no reason given")}", (HttpStatusCode)error.Status, RetryAfter(response, options.TimeProvider), code is null ? null : Redact(code));
    }

    public static (string? Message, string? Code) Body(PipelineResponse? response)
    {
        try
        {
            if (response?.Content is not { Length: > 0 and <= BodyLimit } content)
            {
                return default;
            }

            using var json = JsonDocument.Parse(content.ToMemory());
            var error = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var inner) ? inner : json.RootElement;
            return error.ValueKind switch
            {
                JsonValueKind.String => (error.GetString(), null),
                JsonValueKind.Object => (Text(error, "message"), Text(error, "code")),
                _ => default,
            };
        }
        catch (JsonException)
        {
            return default; // A proxy's page.
        }

        static string? Text(JsonElement error, string name) =>
            error.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
    }

    /// <summary>Seconds or a date (RFC 9110, 10.2.3), or the milliseconds that some endpoints give.</summary>
    public static TimeSpan? RetryAfter(PipelineResponse? response, TimeProvider timeProvider)
    {
        if (response is null)
        {
            return null;
        }

        if (response.Headers.TryGetValue("retry-after-ms", out var milliseconds) && double.TryParse(milliseconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms))
        {
            return Bounded(ms / 1000);
        }

        if (!response.Headers.TryGetValue("retry-after", out var header))
        {
            return null;
        }

        return double.TryParse(header, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? Bounded(seconds)
            : DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Bounded((date - timeProvider.GetUtcNow()).TotalSeconds)
            : null;

        static TimeSpan? Bounded(double seconds) => double.IsFinite(seconds) ? TimerSpan.OfSeconds(Math.Max(seconds, 0)) : null;
    }

    private string Redact(string text) => _secrets.Redact(text);

    private static Exception? Transport(Exception error) => error is ClientResultException ? error.InnerException : error;

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        while (error is not null and not T)
        {
            error = error.InnerException;
        }

        return error as T;
    }
}
