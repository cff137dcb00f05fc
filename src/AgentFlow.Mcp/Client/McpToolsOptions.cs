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

    /// <summary>Is told when the server said that its tools have changed, and they could not be read: those known before stay. Default: nobody is.</summary>
    public Action<Exception>? OnRefreshFailed { get; init; }

    /// <summary>The clock of the time-outs. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
