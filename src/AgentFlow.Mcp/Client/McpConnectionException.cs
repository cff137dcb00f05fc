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
            tool is null
                ? $"There is no connection to the MCP server '{server}'. Check that it runs, and its address or command."
                : $"The connection to the MCP server '{server}' was lost during a call of '{tool}'. Whether the call had an effect is not known.",
            innerException) => (Server, Tool) = (server, tool);

    /// <summary>The name of the connection.</summary>
    public string Server { get; }

    /// <summary>The tool whose call was under way, and may have had its effect; <see langword="null"/> if none was.</summary>
    public string? Tool { get; }
}
