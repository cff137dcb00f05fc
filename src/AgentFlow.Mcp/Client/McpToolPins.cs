using System.Globalization;
using System.Security.Cryptography;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>
/// What was approved of each tool of a server, by a hash of all that a model or an approval goes by: name, title, description, schemas, annotations. A tool that is seen for the first time is approved
/// as it is, unless the program has given pins of its own. Not thread-safe.
/// </summary>
internal sealed class McpToolPins
{
    private readonly Dictionary<string, string> _approved;
    private readonly bool _isClosed;

    public McpToolPins(IReadOnlyDictionary<string, string>? approved)
    {
        _isClosed = approved is not null;
        _approved = new(approved ?? new Dictionary<string, string>(), StringComparer.Ordinal);
    }

    public IReadOnlyDictionary<string, string> Approved => new Dictionary<string, string>(_approved, StringComparer.Ordinal);

    public void Approve(string name, string hash) => _approved[name] = hash;

    /// <summary>Whether a tool is what was approved.</summary>
    /// <returns>Null if it is; what is to be approved if it is not.</returns>
    public McpWithheldTool? Check(Tool tool)
    {
        var hash = HashOf(tool);
        if (!_approved.TryGetValue(tool.Name, out var approved) && !_isClosed)
        {
            _approved[tool.Name] = approved = hash;
        }

        return approved == hash ? null : new(tool.Name, tool.Description ?? "", hash, approved);
    }

    public static string HashOf(Tool tool)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[]
        {
            tool.Name,
            tool.Title,
            tool.Description,
            tool.InputSchema.GetRawText(),
            tool.OutputSchema?.GetRawText(),
            tool.Annotations is { } notes ? $"{notes.Title}|{notes.ReadOnlyHint}|{notes.DestructiveHint}|{notes.IdempotentHint}|{notes.OpenWorldHint}" : null,
        })
        {
            // A length before each part: no two descriptions run into one.
            hash.AppendData(WholeText.BytesOf(string.Create(CultureInfo.InvariantCulture, $"{part?.Length ?? -1}:{part}")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
