using System.Net;

namespace AgentFlow.AI;

/// <summary>Follows no redirection to another origin: a request holds the prompt, and the key.</summary>
internal sealed class SameOrigin(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxRedirections = 5;

    /// <summary>Has a handler leave redirections to this one, where it is of a kind that follows them by itself.</summary>
    /// <exception cref="ArgumentException">It has sent requests already, and follows.</exception>
    public static HttpMessageHandler NotFollowing(HttpMessageHandler handler)
    {
        var innermost = handler;
        while (innermost is DelegatingHandler { InnerHandler: { } next })
        {
            innermost = next;
        }

        try
        {
            switch (innermost)
            {
                case SocketsHttpHandler { AllowAutoRedirect: true } sockets:
                    sockets.AllowAutoRedirect = false;
                    break;
                case HttpClientHandler { AllowAutoRedirect: true } client:
                    client.AllowAutoRedirect = false;
                    break;
            }
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException("The handler follows redirections, which would send prompts and the key to whatever address an answer names. Set its AllowAutoRedirect to false.", nameof(handler), e);
        }

        return handler;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var origin = request.RequestUri!;
        if (request.Content is { } content)
        {
            // It may have to be sent again.
            await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        }

        for (var redirections = 0; ; redirections++)
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.RequestMessage?.RequestUri is { } answered && !IsSame(origin, answered))
            {
                response.Dispose();
                throw Elsewhere(answered);
            }

            if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            var target = new Uri(request.RequestUri!, location);
            if (!IsSame(origin, target))
            {
                throw Elsewhere(target);
            }

            if (redirections == MaxRedirections)
            {
                throw new RedirectedException($"It redirects more than {MaxRedirections} times.");
            }

            request.RequestUri = target;
        }
    }

    private static RedirectedException Elsewhere(Uri target) =>
        new($"It redirects to {target.Scheme}://{target.Authority}, which is not followed: the request holds the prompt and the key. Make that the endpoint if it is meant.");

    private static bool IsSame(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Carries a redirection that is not followed through the transport, to become a <see cref="ModelException"/>.</summary>
internal sealed class RedirectedException(string message) : Exception(message);
