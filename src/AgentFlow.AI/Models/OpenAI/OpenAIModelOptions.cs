using System.Diagnostics;

namespace AgentFlow.AI;

/// <summary>A model behind an endpoint that speaks OpenAI's protocol: OpenAI itself, or any server that is compatible with it.</summary>
public sealed class OpenAIModelOptions
{
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(100);
    private readonly long _maxResponseBytes = 64 * 1024 * 1024;

    /// <summary>The model's id at the endpoint.</summary>
    public required string Model { get; init; }

    /// <summary>The base URL, up to and including the version. Default: <c>https://api.openai.com/v1</c>.</summary>
    public Uri Endpoint { get; init; } = new("https://api.openai.com/v1");

    /// <summary>The key. It is sent as a bearer token and appears nowhere else. Default: none is sent.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ApiKey { get; init; }

    /// <summary>
    /// How long an answer may take; when it is streamed: how long until its beginning, and then from each piece to the next. Default: 100 s.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan Timeout
    {
        get => _timeout;
        init
        {
            if (value != System.Threading.Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            }

            _timeout = value;
        }
    }

    /// <summary>The longest answer that is read, in bytes; beyond it the call fails. Default: 64 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public long MaxResponseBytes
    {
        get => _maxResponseBytes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxResponseBytes = value;
        }
    }

    /// <summary>
    /// What sends the requests: a proxy, a client certificate. It is not disposed of. Its <c>AllowAutoRedirect</c> is set to <see langword="false"/>, where it has one: redirections are followed within the
    /// endpoint's origin alone. Default: a handler of the client's own.
    /// </summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock of the time-out. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
