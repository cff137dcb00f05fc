using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>How the keywords without schemas in them are read.</summary>
public sealed partial class JsonSchema
{
    private static class Assertions
    {
        /// <summary>Reads a keyword.</summary>
        /// <returns>Whether its value is what it has to be; <see langword="null"/> if there is no such keyword.</returns>
        public static bool? TryRead(JsonSchema schema, string name, JsonElement value, SchemaReading reading)
        {
            switch (name)
            {
                case "type":
                    return TryReadTypes(value, out schema._types);
                case "enum":
                    schema._enum = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Choice.Of)] : null;
                    return schema._enum is not null;
                case "const":
                    schema._const = [Choice.Of(value)];
                    return true;
                case "required":
                    return TryReadNames(value, out schema._required);
                case "dependentRequired":
                    return TryReadDependent(schema, value);
                case "minimum":
                    return TryReadNumber(value, out schema._minimum);
                case "maximum":
                    return TryReadNumber(value, out schema._maximum);
                case "exclusiveMinimum":
                    return TryReadNumber(value, out schema._above);
                case "exclusiveMaximum":
                    return TryReadNumber(value, out schema._below);
                case "multipleOf":
                    return TryReadNumber(value, out schema._step) && JsonNumber.Compare(value, s_zero) > 0;
                case "minLength":
                    return TryReadCount(value, ref schema._minLength);
                case "maxLength":
                    return TryReadCount(value, ref schema._maxLength);
                case "minItems":
                    return TryReadCount(value, ref schema._minItems);
                case "maxItems":
                    return TryReadCount(value, ref schema._maxItems);
                case "minProperties":
                    return TryReadCount(value, ref schema._minProperties);
                case "maxProperties":
                    return TryReadCount(value, ref schema._maxProperties);
                case "minContains":
                    return TryReadCount(value, ref schema._minContains);
                case "maxContains":
                    return TryReadCount(value, ref schema._maxContains);
                case "uniqueItems":
                    schema._isUnique = value.ValueKind == JsonValueKind.True;
                    return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
                case "pattern":
                    schema._pattern = value.ValueKind == JsonValueKind.String ? SchemaPattern.Parse(value.GetString()!, reading) : null;
                    return schema._pattern is not null;
                case "format" or "contentEncoding":
                    schema._format = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                    return schema._format is not null;
                default:
                    return null;
            }
        }

        private static readonly JsonElement s_zero = JsonElement.Parse("0");

        private static bool TryReadTypes(JsonElement value, out JsonTypes types)
        {
            types = JsonTypes.Any;
            foreach (var one in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
            {
                var type = one.ValueKind == JsonValueKind.String ? TypeOf(one.GetString()!) : JsonTypes.Any;
                if (type == JsonTypes.Any)
                {
                    types = JsonTypes.Any;
                    return false;
                }

                types |= type;
            }

            return types != JsonTypes.Any;
        }

        private static JsonTypes TypeOf(string type) => type switch
        {
            "null" => JsonTypes.Null,
            "boolean" => JsonTypes.Boolean,
            "integer" => JsonTypes.Integer,
            "number" => JsonTypes.Number,
            "string" => JsonTypes.String,
            "array" => JsonTypes.Array,
            "object" => JsonTypes.Object,
            _ => JsonTypes.Any,
        };

        private static bool TryReadNames(JsonElement value, out Name[] names)
        {
            var isList = value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static name => name.ValueKind == JsonValueKind.String);
            names = isList ? [.. value.EnumerateArray().Select(static name => new Name(name.GetString()!))] : [];
            return isList;
        }

        private static bool TryReadDependent(JsonSchema schema, JsonElement value)
        {
            var dependent = new List<(Name, Name[])>();
            foreach (var property in value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default)
            {
                if (!TryReadNames(property.Value, out var names))
                {
                    return false;
                }

                dependent.Add((new(property.Name), names));
            }

            schema._dependentRequired = [.. dependent];
            return value.ValueKind == JsonValueKind.Object;
        }

        private static bool TryReadNumber(JsonElement value, out JsonElement? number)
        {
            number = value.ValueKind == JsonValueKind.Number ? value : null;
            return number is not null;
        }

        /// <summary>A count may be written as 2.0; none of more than an int holds is ever reached.</summary>
        private static bool TryReadCount(JsonElement value, ref int count)
        {
            if (value.ValueKind != JsonValueKind.Number || !JsonNumber.IsInteger(value) || JsonNumber.Compare(value, s_zero) < 0)
            {
                return false;
            }

            count = value.TryGetDouble(out var number) && number < int.MaxValue ? (int)number : int.MaxValue;
            return true;
        }
    }
}
