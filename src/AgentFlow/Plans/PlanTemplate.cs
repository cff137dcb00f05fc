using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AgentFlow.Schemas;

namespace AgentFlow;

/// <summary>
/// JSON with references in it. A text that is one reference is replaced by its value; <c>${name}</c> within a text by the value as text; <c>$$</c> at the beginning of a text,
/// and <c>$${</c> within it, are what they are without the first dollar sign.
/// </summary>
internal sealed class PlanTemplate
{
    // An escape takes six bytes for a character.
    private const int MaxEscape = 6;

    private readonly JsonElement _json;
    private readonly Dictionary<string, Part[]> _texts;

    private PlanTemplate(JsonElement json, Dictionary<string, Part[]> texts)
    {
        _json = json;
        _texts = texts;
    }

    public IEnumerable<PlanReference> References => _texts.Values.SelectMany(static parts => parts).Select(static part => part.Reference).OfType<PlanReference>();

    /// <summary>Checks what is known before the run: everything but what references stand for.</summary>
    public void Check(JsonSchema schema, string name, Action<string, string> report) => PlanSchemas.Check(_json, schema, name, report, IsOpen);

    /// <summary>Every value that is one reference as a whole, and where it stands.</summary>
    public IEnumerable<(PlanReference Reference, IReadOnlyList<string> Path, string Name)> WholeReferences() => Wholes(_json, [], "");

    /// <summary>Reads the texts of a piece of JSON.</summary>
    /// <param name="json">The JSON; it is kept.</param>
    /// <param name="path">What it is called.</param>
    /// <param name="report">Is told of texts that are no reference and look like one.</param>
    public static PlanTemplate Parse(JsonElement json, string path, Action<string, string> report)
    {
        var texts = new Dictionary<string, Part[]>(StringComparer.Ordinal);
        Visit(json, path);
        return new PlanTemplate(json, texts);

        void Visit(JsonElement value, string at)
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in value.EnumerateObject())
                    {
                        Visit(property.Value, $"{at}.{property.Name}");
                    }

                    break;
                case JsonValueKind.Array:
                    var index = 0;
                    foreach (var item in value.EnumerateArray())
                    {
                        Visit(item, $"{at}[{index++}]");
                    }

                    break;
                case JsonValueKind.String when value.GetString()!.Contains('$', StringComparison.Ordinal):
                    texts[value.GetString()!] = ParseText(value.GetString()!, at, report);
                    break;
            }
        }
    }

    /// <summary>The JSON with every reference replaced.</summary>
    /// <exception cref="InvalidOperationException">A reference has no value, or a text, or the whole, would grow beyond the limits.</exception>
    public JsonElement Resolve(in PlanValues values, PlanLimits limits)
    {
        if (_texts.Count == 0)
        {
            return _json;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, _json, values, limits);
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    private bool IsOpen(JsonElement value) => value.ValueKind == JsonValueKind.String && _texts.TryGetValue(value.GetString()!, out var parts) && parts.Any(static p => p.Reference is not null);

    private IEnumerable<(PlanReference Reference, IReadOnlyList<string> Path, string Name)> Wholes(JsonElement value, string[] path, string name) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Wholes(property.Value, [.. path, property.Name], $"{name}.{property.Name}")),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Wholes(item, [.. path, "0"], $"{name}[{i}]")),
        JsonValueKind.String when _texts.TryGetValue(value.GetString()!, out var parts) && parts is [{ Reference: { } reference, IsWhole: true }] => [(reference, path, name)],
        _ => [],
    };

    private static Part[] ParseText(string text, string path, Action<string, string> report)
    {
        if (text.StartsWith("$$", StringComparison.Ordinal) && !text.StartsWith("$${", StringComparison.Ordinal))
        {
            return [new(text[1..], null)];
        }

        if (PlanReference.IsMeant(text))
        {
            if (PlanReference.Parse(text) is { } whole)
            {
                return [new("", whole) { IsWhole = true }];
            }

            report(path, $"'{Shorten(text)}' begins like a reference and is none. Within a text write ${{name}}; for a dollar sign at the beginning write $$.");
            return [new(text, null)];
        }

        var parts = new List<Part>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (string.CompareOrdinal(text, i, "$${", 0, 3) == 0)
            {
                literal.Append("${");
                i += 2;
                continue;
            }

            if (string.CompareOrdinal(text, i, "${", 0, 2) != 0)
            {
                literal.Append(text[i]);
                continue;
            }

            var end = text.IndexOf('}', i);
            var written = end < 0 ? "" : text[(i + 2)..end];
            if (end < 0 || PlanReference.Parse("$" + written) is not { } reference)
            {
                report(path, $"'{Shorten(text[i..])}' is no reference: one is ${{name}} or ${{name.member}}; for ${{ itself write $${{.");
                return [new(text, null)];
            }

            parts.Add(new(literal.ToString(), null));
            parts.Add(new("", reference));
            literal.Clear();
            i = end;
        }

        parts.Add(new(literal.ToString(), null));
        return [.. parts];
    }

    private void Write(Utf8JsonWriter writer, JsonElement value, in PlanValues values, PlanLimits limits)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, values, limits);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, values, limits);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when _texts.TryGetValue(value.GetString()!, out var parts):
                if (parts is [{ Reference: { } reference, IsWhole: true }])
                {
                    var referred = reference.Resolve(values);

                    // References double what they refer to: without a bound n actions make 2^n of it.
                    ThrowIfLarger(writer.BytesCommitted + writer.BytesPending + JsonMarshal.GetRawUtf8Value(referred).Length, limits);
                    referred.WriteTo(writer);
                }
                else
                {
                    var text = Join(parts, values, limits.MaxText);
                    ThrowIfLarger(writer.BytesCommitted + writer.BytesPending + text.Length, limits);
                    writer.WriteStringValue(text);
                }

                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static string Join(Part[] parts, in PlanValues values, int maxText)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Reference is { } reference)
            {
                var value = reference.Resolve(values);
                ThrowIfLonger(text.Length + (long)JsonMarshal.GetRawUtf8Value(value).Length / MaxEscape, maxText);
                text.Append(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText());
            }
            else
            {
                text.Append(part.Literal);
            }

            ThrowIfLonger(text.Length, maxText);
        }

        return text.ToString();
    }

    private static void ThrowIfLonger(long length, int maxText)
    {
        if (length > maxText)
        {
            throw new InvalidOperationException($"A text with references in it is longer than {maxText} characters.");
        }
    }

    private static void ThrowIfLarger(long bytes, PlanLimits limits)
    {
        if (bytes > limits.MaxValueBytes)
        {
            throw new InvalidOperationException($"The parameters, with what their references stand for, are larger than {limits.MaxValueBytes} bytes.");
        }
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "…" : text;

    /// <summary>A piece of a text: what it says, or what it refers to.</summary>
    private readonly record struct Part(string Literal, PlanReference? Reference)
    {
        public bool IsWhole { get; init; }
    }
}
