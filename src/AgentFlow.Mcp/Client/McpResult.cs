using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>What a server's tool gives back, as models and sessions take it: text or JSON, and not too much of it.</summary>
internal static class McpResult
{
    /// <exception cref="AI.ToolErrorException">The server says that it is an error.</exception>
    /// <exception cref="JsonException">It has half of a character.</exception>
    public static object Of(CallToolResult result, string tool, int maxLength, McpSecrets secrets)
    {
        if (result.IsError == true)
        {
            var reason = secrets.Redact(TextOf(result));
            throw new AI.ToolErrorException(Bound(reason.Length > 0 ? reason : $"'{tool}' failed, and does not say why. Try other arguments or another way.", maxLength));
        }

        if (result.StructuredContent is { } json)
        {
            var text = Written(json);
            return text.Length <= maxLength ? json.Clone() : Bound(text, maxLength);
        }

        return Bound(TextOf(result), maxLength);
    }

    private static string Written(JsonElement json)
    {
        try
        {
            return McpJson.Text(json);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public static string Bound(string text, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return text;
        }

        var note = string.Create(CultureInfo.InvariantCulture, $"… [cut off: {text.Length} characters]");
        var length = maxLength - note.Length;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), note);
    }

    private static string TextOf(CallToolResult result)
    {
        var text = new StringBuilder();

        // The protocol demands contents; some servers leave them out, or have null among them.
        foreach (var block in (result.Content ?? []).Where(static block => block is not null))
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(block switch
            {
                TextContentBlock plain => plain.Text,
                EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
                EmbeddedResourceBlock { Resource: { } resource } => $"[{resource.MimeType ?? "data"} of {resource.Uri}, not shown]",
                ResourceLinkBlock link => $"[{link.Name}: {link.Uri}]",
                ImageContentBlock image => $"[{image.MimeType}, not shown]",
                AudioContentBlock audio => $"[{audio.MimeType}, not shown]",
                _ => $"[{block.Type}, not shown]",
            });
        }

        return text.ToString();
    }
}
