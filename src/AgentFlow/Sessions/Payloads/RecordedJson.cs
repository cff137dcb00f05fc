using System.Text;
using System.Text.Json;

namespace AgentFlow;

/// <summary>JSON as sessions keep it: what is written can be read again, and lie some levels deeper in a snapshot or a document then.</summary>
internal static class RecordedJson
{
    /// <summary>How deep a value may be nested. The contracts of values read and write 64 levels, and a snapshot needs three of them.</summary>
    public const int MaxDepth = 60;

    /// <summary>How deep anything is read that has been written around such values.</summary>
    private const int MaxReadDepth = 128;

    private const int MaxPath = 256;

    /// <summary>Reads a document.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxReadDepth });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Finds what is nested too deep.</summary>
    /// <param name="json">What was written.</param>
    /// <param name="limit">How many levels there may be.</param>
    /// <returns>Its path, or null if there is nothing.</returns>
    public static string? FindTooDeep(ReadOnlySpan<byte> json, int limit)
    {
        // Few values have as many brackets as levels are allowed: most are not looked at again.
        if (json.Count((byte)'{') + json.Count((byte)'[') <= limit)
        {
            return null;
        }

        var names = new Stack<string>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        var name = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = NameOf(ref reader);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    names.Push(name);
                    name = "";
                    if (names.Count > limit)
                    {
                        return PathOf(names);
                    }

                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    names.Pop();
                    name = "";
                    break;
            }
        }

        return null;
    }

    /// <summary>Finds a member that an object has twice: readers differ in which of the two they take.</summary>
    /// <returns>Its path, or null if there is none.</returns>
    public static string? FindDuplicate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        var names = new Stack<string>();
        var members = new Stack<HashSet<string>?>();
        var name = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = NameOf(ref reader);
                    if (!members.Peek()!.Add(name))
                    {
                        names.Push(name);
                        return PathOf(names);
                    }

                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    names.Push(name);
                    members.Push(reader.TokenType == JsonTokenType.StartObject ? new(StringComparer.Ordinal) : null);
                    name = "";
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    names.Pop();
                    members.Pop();
                    name = "";
                    break;
            }
        }

        return null;
    }

    /// <summary>The name of a member; one that holds half a surrogate pair as it is spelt.</summary>
    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    /// <summary>The members that the engine has named: further inside, a name may be a key of the user's, and as secret as a value.</summary>
    public static string Shorten(string path, int levels) => string.Join('.', path.Split('.').Take(levels + 1));

    /// <summary>The names from the outside to the inside, as long as they can be read by people.</summary>
    private static string PathOf(Stack<string> names)
    {
        var path = new StringBuilder("$");
        foreach (var name in names.Reverse().Skip(1))
        {
            path.Append(name.Length == 0 ? "[]" : "." + name);
            if (path.Length > MaxPath)
            {
                return path.ToString(0, MaxPath) + "...";
            }
        }

        return path.ToString();
    }
}
