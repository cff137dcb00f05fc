using System.Text.Json;

namespace AgentFlow.Testing;

/// <summary>A request that a <see cref="ChatServer"/> received.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path.</param>
/// <param name="Headers">The headers, by name ignoring case; secrets (authorization, keys, cookies) are replaced by <c>[redacted]</c>.</param>
/// <param name="Body">The body; <see langword="null"/> if there was none, or none that is JSON.</param>
public sealed record ServedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, JsonElement? Body);
