using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Mcp;

/// <summary>How a <see cref="McpToolServer"/> serves.</summary>
public sealed class McpToolServerOptions
{
    /// <summary>No sessions of agents, messages of at most 1 MiB, 64 calls at a time.</summary>
    public static McpToolServerOptions Default { get; } = new();

    /// <summary>What the server is called. Default: <c>AgentFlow</c>.</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string Name
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = "AgentFlow";

    /// <summary>Its version. Default: <c>1.0.0</c>.</summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string Version
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = "1.0.0";

    /// <summary>What a model is told about the tools as a whole. Default: nothing.</summary>
    public string? Instructions { get; init; }

    /// <summary>
    /// Runs agents that are called, as tools, in sessions: the answer tells the session's id. Default: none; agents run as part of the call. Agents with
    /// <c>Durable = false</c> always do.
    /// </summary>
    public AgentRuntime? Runtime { get; init; }

    /// <summary>
    /// Where the tools' services come from; if it makes scopes, each call has one of its own, disposed when its tool has ended. Default:
    /// none.
    /// </summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>
    /// Decides on a call of a tool that needs an approval: it is given what asks for it, and the call, and grants or denies. Default: nobody decides, and such tools
    /// are not served.
    /// </summary>
    public Func<ToolApproval, FunctionCallContent, CancellationToken, ValueTask<ToolApproval>>? Approve { get; init; }

    /// <summary>How long a call may take; then it is cancelled, and the client told. Default: none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? CallTimeout
    {
        get;
        init
        {
            if (value is { } timeout)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>How many calls run at a time; others wait, up to <see cref="MaxWaitingCalls"/>. Default: 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxConcurrentCalls
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 64;

    /// <summary>
    /// How many calls of one client over HTTP run at a time, a client being a user by name or else an address; others of its calls wait, and hold nobody else up. Default: a quarter of
    /// <see cref="MaxConcurrentCalls"/>, but one at least.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int? MaxConcurrentCallsPerClient
    {
        get;
        init
        {
            if (value is { } most)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>
    /// How many calls wait, for their turn or for <see cref="Approve"/> to decide; of one client over HTTP a quarter of them, but one at least
    /// unless the value is 0. A call beyond that is answered at once, with a result that is an error. A client that goes leaves its calls behind
    /// until their turn comes, as the protocol asks for up to its revision of November 2025. Default: 256.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxWaitingCalls
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 256;

    /// <summary>
    /// How many bytes a message of a client may have; a longer one ends the connection, or over HTTP is refused with 413. Images and other data in results have no more,
    /// either. Default: 1 MiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1,024.</exception>
    public int MaxMessageBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1024);
            field = value;
        }
    } = 1 << 20;

    /// <summary>How many characters a result may have; text that is longer is cut off, and said to be. Default: 65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 64.</exception>
    public int MaxResultLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 64);
            field = value;
        }
    } = 65_536;

    /// <summary>
    /// How many sessions there may be over HTTP. When there are so many, a client that has fewer than another gets the place of that one's session which was unused for the longest; else it is refused
    /// with 503. Default: 1,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxHttpSessions
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1000;

    /// <summary>How long a session over HTTP may be without a request before it is closed. Default: 30 minutes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan HttpIdleTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Whose pages may call over HTTP, as in <c>https://example.com</c>. Default: those of this machine; a page from elsewhere is refused with 403, so that none can
    /// reach a local server through its visitor's browser.
    /// </summary>
    public IReadOnlyCollection<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// The names by which the server may be called over HTTP, as in <c>tools.example.com</c> or <c>*.example.com</c>; <c>*</c> for any. Addresses and <c>localhost</c> always may. Default: no others; a
    /// request for another host is refused with 403, so that no page can reach a local server under a name of its own (DNS rebinding).
    /// </summary>
    public IReadOnlyCollection<string> AllowedHosts { get; init; } = [];

    /// <summary>The clock of the time-outs. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
