namespace AgentFlow.Mcp;

/// <summary>How the tools of a server are taken over.</summary>
public sealed class McpToolsOptions
{
    /// <summary>No prefix, approvals of what may destroy something, a minute for a call.</summary>
    public static McpToolsOptions Default { get; } = new();

    /// <summary>What is put before the names of the tools, such as <c>files_</c>: tools of several servers may have the same names. Letters, digits, <c>_</c> and <c>-</c>. Default: nothing.</summary>
    /// <exception cref="ArgumentException">The value is longer than 32 characters, or has others.</exception>
    public string Prefix
    {
        get;
        init => field = McpToolName.IsPrefix(value) ? value : throw new ArgumentException($"A prefix has at most {McpToolName.MaxPrefixLength} letters, digits, '_' and '-'.", nameof(value));
    } = "";

    /// <summary>Which tools are called only with an approval. Default: <see cref="McpApproval.Destructive"/>.</summary>
    public McpApproval Approval { get; init; }

    /// <summary>How long a call may take; then it is cancelled, and fails with a <see cref="TimeoutException"/>. Default: 60 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan CallTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection, and each list of tools, may take. Default: 30 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan ConnectTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>How many characters of a result are taken over; what is beyond is cut off, and said to be. Default: 65,536.</summary>
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

    /// <summary>How many tools a server may have; one with more is refused. Default: 500.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxTools
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 500;

    /// <summary>How many characters the name, description and schemas of one tool may have together; a server with a larger one is refused. Default: 65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxToolLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 65_536;

    /// <summary>
    /// How many bytes a message of the server may have: a line over standard streams, an event or an answer over HTTP. A longer one is not held, and ends the connection. Transports other than those of
    /// the SDK bound themselves. Default: 8 MiB.
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
    } = 8 << 20;

    /// <summary>
    /// The tools that were approved, each by the hash of its name, description, schemas and annotations: <see cref="McpTools.Pins"/> of an earlier connection. Others, and those that are not what they
    /// were, are withheld (<see cref="McpTools.Withheld"/>). Default: none; then each tool is approved as it is first seen, and withheld when it changes.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Pins { get; init; }

    /// <summary>
    /// The revision of the protocol that is spoken, such as <c>2025-11-25</c>; a server that does not speak it is refused. Default: the newest that both know.
    /// </summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>Is told when the server said that its tools have changed, and they could not be read: those known before stay. Default: nobody is.</summary>
    public Action<Exception>? OnRefreshFailed { get; init; }

    /// <summary>The clock of the time-outs. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
