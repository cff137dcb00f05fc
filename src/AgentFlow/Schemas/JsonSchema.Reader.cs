using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>How schemas are read.</summary>
public sealed partial class JsonSchema
{
    /// <summary>
    /// Reads one document. Each place becomes one schema, however many references lead there; what cannot be read or supported marks the schema there as one that cannot be checked.
    /// </summary>
    private sealed class Reader(SchemaReading reading)
    {
        private const int MaxSchemas = 20_000;
        private const int MaxBytes = 4 << 20;
        private const int MaxDepth = 128;
        private const int MaxPath = 200;

        private readonly Dictionary<int, JsonSchema> _schemas = [];
        private readonly List<(JsonSchema Schema, string Reference, Uri Base, string Path)> _references = [];
        private SchemaResources _resources = null!;
        private bool _isOlder;
        private string? _unsupported;
        private string? _unknown;

        public static JsonSchema Read(JsonElement schema, SchemaReading reading)
        {
            if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
            {
                return new() { _isUnchecked = true, _isConstrained = true, _unsupported = "$ is neither an object nor true or false." };
            }

            var reader = new Reader(reading);
            var root = reader.ReadAll(schema.Clone());
            root._unsupported = reader._unsupported;
            root._unknown = reader._unknown;
            return root;
        }

        private JsonSchema ReadAll(JsonElement document)
        {
            _resources = new(document);
            if (SchemaResources.LengthOf(document) > MaxBytes)
            {
                return Refuse(new(), "$", $"has more than {MaxBytes} bytes");
            }

            var root = Read(document, SchemaResources.Default, "$", 0);

            // Places that only references know may have references of their own.
            for (var i = 0; i < _references.Count; i++)
            {
                Resolve(_references[i]);
            }

            foreach (var endless in SchemaCycles.Find(_schemas.Values, static schema => schema.InPlace()))
            {
                Refuse(endless, "$", "has a reference that leads back to itself without going into the value");
            }

            foreach (var schema in _schemas.Values)
            {
                schema.Finish();
            }

            return root;
        }

        private JsonSchema Read(JsonElement json, Uri baseUri, string path, int depth)
        {
            if (_schemas.TryGetValue(_resources.OffsetOf(json), out var known))
            {
                return known;
            }

            var schema = new JsonSchema();
            if (_schemas.Count >= MaxSchemas || depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                return Refuse(schema, path, "is nested too deep, or one of too many");
            }

            _schemas.Add(_resources.OffsetOf(json), schema);
            switch (json.ValueKind)
            {
                case JsonValueKind.True:
                    break;
                case JsonValueKind.False:
                    schema._isNever = true;
                    break;
                case JsonValueKind.Object:
                    ReadObject(schema, json, baseUri, path, depth);
                    break;
                default:
                    Refuse(schema, path, "is neither an object nor true or false");
                    break;
            }

            return schema;
        }

        private void ReadObject(JsonSchema schema, JsonElement json, Uri baseUri, string path, int depth)
        {
            if (json.TryGetProperty("$schema", out var dialect) && !IsKnown(dialect, depth))
            {
                Refuse(schema, path + ".$schema", "names a dialect that is not known");
                return;
            }

            if (json.TryGetProperty("$id", out var id) && (!IsText(id, out var uri) || !_resources.TryEnter(json, uri, ref baseUri)))
            {
                Refuse(schema, path + ".$id", "is no identifier");
                return;
            }

            foreach (var keyword in json.EnumerateObject())
            {
                try
                {
                    var at = Join(path, keyword.Name);
                    if (!ReadKeyword(schema, keyword.Name, keyword.Value, baseUri, at, depth + 1))
                    {
                        RefuseKeyword(schema, keyword.Name, at, keyword.Name == "pattern" ? "is no pattern that can be matched in linear time" : "is not what it has to be, or is not supported");
                    }
                }
                catch (InvalidOperationException)
                {
                    Refuse(schema, path, "has text that is no Unicode");
                }
            }

            // In the older drafts what stands beside a reference says nothing.
            if (_isOlder && json.TryGetProperty("$ref", out _) && json.EnumerateObject().Any(static p => !SchemaKeywords.IsAnnotation(p.Name) && p.Name is not ("$ref" or "definitions" or "$defs")))
            {
                Refuse(schema, path, "has keywords beside $ref, and is of a draft in which they do not count");
            }
        }

        private bool ReadKeyword(JsonSchema schema, string name, JsonElement value, Uri baseUri, string path, int depth)
        {
            switch (name)
            {
                case "properties":
                    return ReadProperties(schema, value, baseUri, path, depth);
                case "patternProperties":
                    return ReadPatterns(schema, value, baseUri, path, depth);
                case "dependentSchemas":
                    schema._dependentSchemas = value.ValueKind == JsonValueKind.Object ? [.. value.EnumerateObject().Select(p => (new Name(p.Name), Read(p.Value, baseUri, Join(path, p.Name), depth)))] : [];
                    return value.ValueKind == JsonValueKind.Object;
                case "$defs" or "definitions":
                    foreach (var definition in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default)
                    {
                        Read(definition.Value, baseUri, Join(path, definition.Name), depth);
                    }

                    return value.ValueKind == JsonValueKind.Object;
                case "additionalProperties":
                    schema._others = Read(value, baseUri, path, depth);
                    schema._isClosed = value.ValueKind == JsonValueKind.False;
                    return true;
                case "items" when value.ValueKind != JsonValueKind.Array:
                    schema._items = Read(value, baseUri, path, depth);
                    return true;
                case "contains":
                    schema._contains = Read(value, baseUri, path, depth);
                    return true;
                case "propertyNames":
                    schema._names = Read(value, baseUri, path, depth);
                    return true;
                case "not":
                    schema._not = Read(value, baseUri, path, depth);
                    return true;
                case "if":
                    schema._if = Read(value, baseUri, path, depth);
                    return true;
                case "then":
                    schema._then = Read(value, baseUri, path, depth);
                    return true;
                case "else":
                    schema._else = Read(value, baseUri, path, depth);
                    return true;
                case "allOf":
                    return (schema._allOf = ReadList(value, baseUri, path, depth)) is not null;
                case "anyOf":
                    return (schema._anyOf = ReadList(value, baseUri, path, depth)) is not null;
                case "oneOf":
                    return (schema._oneOf = ReadList(value, baseUri, path, depth)) is not null;
                case "prefixItems":
                    schema._prefixItems = ReadList(value, baseUri, path, depth) ?? [];
                    return schema._prefixItems.Length > 0;
                case "$ref":
                    if (!IsText(value, out var reference))
                    {
                        return false;
                    }

                    _references.Add((schema, reference, baseUri, path));
                    return true;
                case "$anchor" or "$dynamicAnchor":
                    return IsText(value, out var anchor) && _resources.TryAddAnchor(baseUri, anchor, schema);
                case "unevaluatedItems" or "unevaluatedProperties":
                    Read(value, baseUri, path, depth);
                    return value.ValueKind == JsonValueKind.True;
                default:
                    if (SchemaKeywords.IsAnnotation(name) || (reading == SchemaReading.Standard && name is "format" or "contentEncoding"))
                    {
                        return true;
                    }

                    return SchemaKeywords.IsUnsupported(name, _isOlder) ? false : Assertions.TryRead(schema, name, value, reading) ?? Ignore(path);
            }
        }

        private bool ReadProperties(JsonSchema schema, JsonElement value, Uri baseUri, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            foreach (var property in value.EnumerateObject())
            {
                schema._properties[property.Name] = Read(property.Value, baseUri, Join(path, property.Name), depth);
            }

            return true;
        }

        private bool ReadPatterns(JsonSchema schema, JsonElement value, Uri baseUri, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            var patterns = new List<(SchemaPattern?, JsonSchema)>();
            foreach (var property in value.EnumerateObject())
            {
                var pattern = SchemaPattern.Parse(property.Name, reading);
                patterns.Add((pattern, Read(property.Value, baseUri, Join(path, property.Name), depth)));
                if (pattern is null)
                {
                    _unsupported ??= $"{Join(path, property.Name)} is no pattern that can be matched in linear time.";
                }
            }

            schema._patterns = [.. patterns];
            return true;
        }

        private JsonSchema[]? ReadList(JsonElement value, Uri baseUri, string path, int depth)
        {
            if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            {
                return null;
            }

            return [.. value.EnumerateArray().Select((item, i) => Read(item, baseUri, $"{path}[{i}]", depth))];
        }

        private void Resolve((JsonSchema Schema, string Reference, Uri Base, string Path) reference)
        {
            if (_resources.Find(reference.Reference, reference.Base) is not { } found)
            {
                Refuse(reference.Schema, reference.Path, "refers to nothing within the schema");
                return;
            }

            reference.Schema._reference = found.Schema ?? Read(found.Json, found.Base, reference.Reference, 0);
        }

        private bool IsKnown(JsonElement dialect, int depth)
        {
            if (!IsText(dialect, out var uri))
            {
                return false;
            }

            var draft = SchemaKeywords.DraftOf(uri);
            _isOlder |= draft == SchemaKeywords.Draft.Older && depth == 0;
            return draft == SchemaKeywords.Draft.Current || (draft == SchemaKeywords.Draft.Older && _isOlder);
        }

        /// <summary>A keyword that JSON Schema does not have says nothing.</summary>
        private bool Ignore(string path)
        {
            _unknown ??= path;
            return true;
        }

        private void RefuseKeyword(JsonSchema schema, string name, string path, string why)
        {
            _unsupported ??= $"{path} {why}.";
            var types = SchemaKeywords.TypesOf(name);
            schema._uncheckedTypes |= types;
            schema._isUnchecked |= types == JsonTypes.Any;
        }

        private JsonSchema Refuse(JsonSchema schema, string path, string why)
        {
            _unsupported ??= $"{path} {why}.";
            (schema._isUnchecked, schema._isConstrained) = (true, true);
            return schema;
        }

        private static string Join(string path, string name) => path.Length > MaxPath ? path : $"{path}.{name}";

        private static bool IsText(JsonElement value, out string text)
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            return value.ValueKind == JsonValueKind.String;
        }
    }

    /// <summary>The schemas that say something of the very value that this one does.</summary>
    private IEnumerable<JsonSchema> InPlace()
    {
        IEnumerable<JsonSchema?> all = [_reference, _not, _if, _then, _else, .. _allOf ?? [], .. _anyOf ?? [], .. _oneOf ?? [], .. _dependentSchemas.Select(static one => one.Schema)];
        return all.OfType<JsonSchema>();
    }

    /// <summary>Prepares what checking needs once all references lead somewhere.</summary>
    private void Finish()
    {
        // Two ways to one place are one: else what doubles at each of n places takes 2^n steps.
        _allOf = _allOf is null ? null : [.. _allOf.Select(static one => one.Plain()).Distinct()];
        _anyOf = _anyOf is null ? null : [.. _anyOf.Select(static one => one.Plain()).Distinct()];
        _known = [.. _properties.Select(static property => (new Name(property.Key), property.Value))];
        _requiredFlags = FlagsOf(_required, _known);
        if (_if is null)
        {
            (_then, _else) = (null, null);
        }

        _isCombined = _allOf is not null || _anyOf is not null || _oneOf is not null || _not is not null || _if is not null;
        _isConstrained = _isCombined || _isNever || _isUnchecked || _uncheckedTypes != JsonTypes.Any || _enum is not null || _const is not null || _reference is not null || _minimum is not null
            || _maximum is not null || _above is not null || _below is not null || _step is not null || _minLength > 0 || _maxLength < int.MaxValue || _format is not null || _pattern is not null;
    }

    /// <summary>What a schema that is a reference and nothing else refers to. A reference that leads back to itself stays.</summary>
    private JsonSchema Plain()
    {
        var at = this;
        for (var hops = 0; hops < 64 && at._reference is { } next && at.IsReferenceAlone(); hops++)
        {
            at = next;
        }

        return at;
    }

    private bool IsReferenceAlone() => !_isUnchecked && !_isNever && _uncheckedTypes == JsonTypes.Any && _types == JsonTypes.Any && _enum is null && _const is null && _properties.Count == 0
        && _required.Length == 0 && _others is null && _items is null && _prefixItems.Length == 0 && _contains is null && !_isUnique && _patterns.Length == 0 && _names is null
        && _dependentRequired.Length == 0 && _dependentSchemas.Length == 0 && _allOf is null && _anyOf is null && _oneOf is null && _not is null && _if is null && _minimum is null
        && _maximum is null && _above is null && _below is null && _step is null && _minLength == 0 && _maxLength == int.MaxValue && _minItems == 0 && _maxItems == int.MaxValue
        && _minProperties == 0 && _maxProperties == int.MaxValue && _pattern is null && _format is null;
}
