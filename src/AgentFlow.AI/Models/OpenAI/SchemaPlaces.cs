using System.Globalization;
using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>Finds what a reference within a schema leads to: a JSON pointer (RFC 6901) as a fragment.</summary>
internal readonly struct SchemaPlaces(JsonElement root)
{
    public JsonElement? Find(string reference)
    {
        var at = root;
        foreach (var step in Uri.UnescapeDataString(reference[1..]).Split('/').AsSpan(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }
}
