using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace AgentFlow.AI;

/// <summary>What the clients of one model share: its pipeline, its deadlines, and what becomes of its errors.</summary>
internal sealed class OpenAIConnection : IDisposable
{
    private readonly HttpClient _http;

    public OpenAIConnection(OpenAIModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Model);
        if (!options.Endpoint.IsAbsoluteUri || options.Endpoint.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{options.Endpoint}' is no absolute http or https URL. Give the base URL of the endpoint, such as https://api.openai.com/v1.", nameof(options));
        }

        Options = options;
        PublicEndpoint = OpenAIErrors.Public(options.Endpoint);
        Errors = new(options);
        var bounded = new BoundedAnswers(options.MaxResponseBytes, new SameOrigin(options.Handler is { } given ? SameOrigin.NotFollowing(given) : new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }));
        _http = new(bounded, disposeHandler: options.Handler is null) { Timeout = Timeout.InfiniteTimeSpan };
        Authentication = string.IsNullOrEmpty(options.ApiKey) ? new NoAuthentication() : ApiKeyAuthenticationPolicy.CreateBearerAuthorizationPolicy(new ApiKeyCredential(options.ApiKey));
        Client = new()
        {
            Endpoint = options.Endpoint,
            Transport = new HttpClientPipelineTransport(_http),

            // Retries, deadlines, logs and traces are ours, in one place each.
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            ClientLoggingOptions = new() { EnableLogging = false },
            EnableDistributedTracing = false,
        };
    }

    public OpenAIModelOptions Options { get; }

    /// <summary>The endpoint without what may be secret in it.</summary>
    public Uri PublicEndpoint { get; }

    public OpenAIErrors Errors { get; }

    public AuthenticationPolicy Authentication { get; }

    public OpenAIClientOptions Client { get; }

    public Deadline StartDeadline(CancellationToken cancellationToken) => new(Options.Timeout, Options.TimeProvider, cancellationToken);

    public void Dispose() => _http.Dispose();
}
