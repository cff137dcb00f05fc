using System.Net;

namespace AgentFlow.Mcp;

/// <summary>
/// Reads answers through a bound, and follows no redirection to another origin: what is sent may hold keys in its headers.
/// </summary>
internal sealed class BoundedResponses : HttpMessageHandler
{
    private const int MaxRedirections = 5;

    private readonly HttpMessageInvoker _inner;
    private readonly bool _isOwned;
    private readonly int _maxLength;
    private readonly string _option;

    /// <summary>Creates the handler.</summary>
    /// <param name="given">The program's own client, with its headers, proxies and certificates; null for none. It is not disposed of.</param>
    /// <param name="maxLength">How many bytes a message may have.</param>
    /// <param name="option">The option that says so.</param>
    public BoundedResponses(HttpClient? given, int maxLength, string option)
    {
        _isOwned = given is null;
        _inner = given ?? new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        (_maxLength, _option) = (maxLength, option);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var origin = request.RequestUri!;
        var target = origin;
        for (var redirections = 0; ; redirections++)
        {
            var response = await SendAsync(request, target, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && response.Headers.Location is { } location)
            {
                response.Dispose();
                target = new Uri(target, location);
                if (!IsSameOrigin(origin, target) || redirections == MaxRedirections)
                {
                    throw new HttpRequestException($"The server redirects to {target.Scheme}://{target.Authority}, which is not followed: the request may hold a key. Connect to that address if it is meant.");
                }

                continue;
            }

            if (response.RequestMessage?.RequestUri is { } answered && !IsSameOrigin(origin, answered))
            {
                // The program's own client has followed.
                response.Dispose();
                throw new HttpRequestException($"The server redirected to {answered.Scheme}://{answered.Authority}. Set AllowAutoRedirect of the client's handler to false, or connect to that address.");
            }

            response.RequestMessage = request;
            await BoundAsync(response, cancellationToken).ConfigureAwait(false);
            return response;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _isOwned)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    internal static bool IsSameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>A message is sent once; so each attempt sends a copy, which shares its content.</summary>
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri target, CancellationToken cancellationToken)
    {
        var copy = new HttpRequestMessage(request.Method, target) { Content = request.Content, Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach (var header in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return _inner is HttpClient client ? client.SendAsync(copy, HttpCompletionOption.ResponseHeadersRead, cancellationToken) : _inner.SendAsync(copy, cancellationToken);
    }

    private async Task BoundAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var end = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? MessageEnd.EmptyLine : MessageEnd.Stream;
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var bounded = new StreamContent(new BoundedLines(stream, _maxLength, _option, end));
        foreach (var header in response.Content.Headers.NonValidated)
        {
            bounded.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        response.Content = bounded;
    }
}
