using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp;

/// <summary>
/// Connects to servers of all revisions. The SDK asks a server first what it knows (<c>server/discover</c>, since July 2026), and begins by <c>initialize</c> with one that does not know the question;
/// one that answers it, but not by the protocol, is asked in the older ways as well.
/// </summary>
internal static class McpConnecting
{
    /// <summary>The revisions that begin with <c>initialize</c>, the newest first.</summary>
    private static readonly string[] s_initialized = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

    public static async Task<McpClient> CreateAsync(IClientTransport transport, Func<string?, McpClientOptions> options, string? version, CancellationToken cancellationToken)
    {
        try
        {
            return await McpClient.CreateAsync(transport, options(version), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (version is null && IsMalformed(e) && !cancellationToken.IsCancellationRequested)
        {
            foreach (var older in s_initialized)
            {
                try
                {
                    return await McpClient.CreateAsync(transport, options(older), cancellationToken: cancellationToken).ConfigureAwait(false);
                }
                catch (Exception next) when (IsMalformed(next) && older != s_initialized[^1] && !cancellationToken.IsCancellationRequested)
                {
                    // It may have named another revision.
                }
            }

            throw;
        }
    }

    /// <summary>Whether there was an answer, and it was not one. A connection that could not be made, or was lost, is none.</summary>
    private static bool IsMalformed(Exception error) => error is not (OperationCanceledException or TimeoutException or IOException or HttpRequestException or ObjectDisposedException);
}
