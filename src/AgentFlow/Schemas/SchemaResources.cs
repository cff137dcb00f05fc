using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>What references within one document can name: places by their pointers (RFC 6901), resources by <c>$id</c>, and anchors.</summary>
internal sealed class SchemaResources
{
    private const int MaxPointerSteps = 256;

    private readonly JsonElement _document;
    private readonly Dictionary<string, (JsonElement Json, Uri Base)> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Base, string Anchor), JsonSchema> _anchors = [];

    // The members of the objects that pointers lead through: looking for each from the start would take the square of them.
    private readonly Dictionary<int, Dictionary<string, JsonElement>> _members = [];

    public SchemaResources(JsonElement document)
    {
        _document = document;
        _resources.Add(Default.AbsoluteUri, (document, Default));
    }

    /// <summary>The base of a document without <c>$id</c>.</summary>
    public static Uri Default { get; } = new("https://schema.invalid/");

    /// <summary>Where a value begins in the document: no two places have this in common.</summary>
    public int OffsetOf(JsonElement json) => OffsetOf(_document, json);

    public static int OffsetOf(JsonElement document, JsonElement json)
    {
        ref var start = ref MemoryMarshal.GetReference(JsonMarshal.GetRawUtf8Value(document));
        ref var at = ref MemoryMarshal.GetReference(JsonMarshal.GetRawUtf8Value(json));
        return (int)Unsafe.ByteOffset(ref start, ref at);
    }

    public static int LengthOf(JsonElement json) => JsonMarshal.GetRawUtf8Value(json).Length;

    /// <summary>Adds a resource that has a name of its own, and makes its name the base of what is in it.</summary>
    public bool TryEnter(JsonElement json, string id, ref Uri baseUri)
    {
        if (Absolute(id, baseUri) is not { } uri || uri.Fragment.Length > 1)
        {
            return false;
        }

        baseUri = WithoutFragment(uri);
        return _resources.TryAdd(baseUri.AbsoluteUri, (json, baseUri)) || OffsetOf(_resources[baseUri.AbsoluteUri].Json) == OffsetOf(json);
    }

    public bool TryAddAnchor(Uri baseUri, string anchor, JsonSchema schema) => _anchors.TryAdd((baseUri.AbsoluteUri, anchor), schema);

    /// <summary>What a reference leads to: a schema that has been read, or a place.</summary>
    public (JsonSchema? Schema, JsonElement Json, Uri Base)? Find(string reference, Uri baseUri)
    {
        var mark = reference.IndexOf('#', StringComparison.Ordinal);
        var fragment = mark < 0 ? "" : Uri.UnescapeDataString(reference[(mark + 1)..]);
        var resource = mark < 0 ? reference : reference[..mark];
        if ((resource.Length == 0 ? baseUri : Absolute(resource, baseUri)) is not { } uri || !_resources.TryGetValue(uri.AbsoluteUri, out var found))
        {
            return null;
        }

        if (fragment.Length == 0)
        {
            return (null, found.Json, found.Base);
        }

        if (fragment[0] != '/')
        {
            return _anchors.TryGetValue((found.Base.AbsoluteUri, fragment), out var schema) ? (schema, default, found.Base) : null;
        }

        return Follow(found.Json, fragment) is { } place ? (null, place, found.Base) : null;
    }

    private JsonElement? Follow(JsonElement at, string pointer)
    {
        var steps = pointer.Split('/', MaxPointerSteps + 2);
        if (steps.Length > MaxPointerSteps)
        {
            return null;
        }

        foreach (var step in steps.AsSpan(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && MembersOf(at).TryGetValue(name, out var member))
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

    private Dictionary<string, JsonElement> MembersOf(JsonElement json)
    {
        var offset = OffsetOf(json);
        if (!_members.TryGetValue(offset, out var members))
        {
            members = new(StringComparer.Ordinal);
            foreach (var property in json.EnumerateObject())
            {
                members[property.Name] = property.Value;
            }

            _members.Add(offset, members);
        }

        return members;
    }

    private static Uri? Absolute(string reference, Uri baseUri) =>
        Uri.TryCreate(reference, UriKind.Absolute, out var absolute) && !absolute.IsFile ? absolute : Uri.TryCreate(baseUri, reference, out var relative) ? relative : null;

    private static Uri WithoutFragment(Uri uri) => uri.OriginalString.IndexOf('#', StringComparison.Ordinal) is var mark and >= 0 ? new(uri.AbsoluteUri[..uri.AbsoluteUri.IndexOf('#', StringComparison.Ordinal)]) : uri;
}
