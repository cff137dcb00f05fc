using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AgentFlow.Mcp;

/// <summary>Which requests over HTTP are looked at, and whose they are.</summary>
internal static class McpHttpRules
{
    /// <summary>Under which name the context of a message says whose it is.</summary>
    public const string ClientItem = "agentflow/client";

    private const int PrefixBytes = 8;

    /// <summary>The revisions that are served, the newest first.</summary>
    public static IReadOnlyList<string> Versions { get; } = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

    /// <summary>Whether a page of an origin may call.</summary>
    public static bool IsOriginAllowed(string? origin, McpToolServerOptions options) =>
        string.IsNullOrEmpty(origin)
        || options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.IsLoopback);

    /// <summary>
    /// Whether a server may be called by a name. A page whose name somebody has made to lead here (DNS rebinding) calls by that name, and without an origin; addresses cannot be made to lead elsewhere.
    /// </summary>
    public static bool IsHostAllowed(HostString host, McpToolServerOptions options) =>
        !host.HasValue
        || host.Host is var name && (IPAddress.TryParse(name, out _)
            || string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || options.AllowedHosts.Any(allowed => Matches(name, allowed)));

    /// <summary>The user by name, or else the address that a request comes from; of IPv6 the part that a network has for itself.</summary>
    public static string ClientOf(HttpContext context)
    {
        if (UserOf(context) is { } user)
        {
            return "user " + user;
        }

        if (context.Connection.RemoteIpAddress is not { } address)
        {
            return "address";
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return "address " + (address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address) ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, PrefixBytes)) : address.ToString());
    }

    public static string? UserOf(HttpContext context) => context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.Identity?.Name;

    /// <summary>The value of a header; one that a header cannot hold is sent as <c>=?base64?…?=</c>. What cannot be read is null.</summary>
    public static string? Decoded(string value)
    {
        const string Before = "=?base64?";
        const string After = "?=";
        if (value.Length < Before.Length + After.Length
            || !value.StartsWith(Before, StringComparison.OrdinalIgnoreCase)
            || !value.EndsWith(After, StringComparison.Ordinal))
        {
            return value;
        }

        var encoded = value.AsSpan(Before.Length..^After.Length);
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64Chars(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private static bool Matches(string name, string allowed) =>
        allowed == "*"
        || string.Equals(name, allowed, StringComparison.OrdinalIgnoreCase)
        || (allowed.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase) && name.Length >= allowed.Length);
}
