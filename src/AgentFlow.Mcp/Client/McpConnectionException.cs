using System.Globalization;

namespace AgentFlow.Mcp;

/// <summary>There is no connection to a server of tools, or it was lost. The next call connects again.</summary>
public sealed class McpConnectionException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="server">The name of the connection.</param>
    /// <param name="tool">The tool whose call was under way; <see langword="null"/> for none.</param>
    /// <param name="innerException">What was the matter.</param>
    public McpConnectionException(string server, string? tool, Exception? innerException)
        : base(
            (tool, StatusOf(innerException)) switch
            {
                (null, null) when IsLate(innerException) => $"The MCP server '{server}' did not answer within the time allowed to connect "
                    + "and to list its tools. Check that it works, or allow more time with "
                    + $"{nameof(McpToolsOptions)}.{nameof(McpToolsOptions.ConnectTimeout)}.",
                (null, null) => $"There is no connection to the MCP server '{server}'. Check that it runs, and its address or command.",
                (null, { } status) => $"There is no connection to the MCP server '{server}': it answered with HTTP {status}. "
                    + "Check its address, and what it asks of its callers.",
                (_, null) => $"The connection to the MCP server '{server}' was lost during a call of '{tool}'. "
                    + "Whether the call had an effect is not known.",
                (_, { } status) => $"The MCP server '{server}' answered a call of '{tool}' with HTTP {status}. "
                    + "Whether the call had an effect is not known.",
            },
            innerException) => (Server, Tool) = (server, tool);

    /// <summary>The name of the connection.</summary>
    public string Server { get; }

    /// <summary>The tool whose call was under way, and may have had its effect; <see langword="null"/> if none was.</summary>
    public string? Tool { get; }

    private static bool IsLate(Exception? error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is TimeoutException or OperationCanceledException)
            {
                return true;
            }
        }

        return false;
    }

    private static string? StatusOf(Exception? error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException { StatusCode: { } status })
            {
                return string.Create(CultureInfo.InvariantCulture, $"{(int)status} ({status})");
            }
        }

        return null;
    }
}
