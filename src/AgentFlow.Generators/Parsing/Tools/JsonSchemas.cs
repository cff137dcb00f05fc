using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// Writes the JSON schema (draft 2020-12) of what <see cref="JsonContracts"/> accepts: both walk a type alike, and the contracts alone say what has no JSON.
/// A type that holds itself is written once, under <c>$defs</c>.
/// </summary>
internal sealed class JsonSchemas(INamedTypeSymbol owner, Compilation compilation, ToolConstraints constraints, CancellationToken ct)
{
    // TimeSpan's constant format, as the converter of System.Text.Json wants it.
    private const string TimeSpanPattern = "^-?(\\d+\\.)?([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,7})?$";

    private readonly HashSet<ITypeSymbol> _open = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ITypeSymbol, string> _recursive = new(SymbolEqualityComparer.Default);
    private readonly SortedDictionary<string, string> _definitions = new(StringComparer.Ordinal);

    // What is asked of an argument says nothing about a result.
    private bool _isResult;

    /// <summary>The schema of a result.</summary>
    public string Of(ITypeSymbol type)
    {
        Start();
        _isResult = true;
        var schema = Visit(type);
        AddDefinitions(schema);
        return schema.ToString();
    }

    /// <summary>The schema of an object with a property for each parameter.</summary>
    public string Of(IReadOnlyList<IParameterSymbol> parameters, Func<IParameterSymbol, string> nameOf)
    {
        Start();
        _isResult = false;
        var properties = new JsonText();
        var required = new List<string>();
        foreach (var parameter in parameters)
        {
            var schema = Visit(parameter.Type);
            var otherwise = Default(parameter);
            var isRequired = constraints.Apply(schema, parameter.Type, parameter.GetAttributes(), otherwise);
            Finish(schema, Descriptions.Of(parameter, ct), otherwise, isRequired);
            properties[nameOf(parameter)] = schema.ToString();
            if (isRequired || !parameter.HasExplicitDefaultValue)
            {
                required.Add(nameOf(parameter));
            }
        }

        var root = Object(properties, required);
        AddDefinitions(root);
        return root.ToString();
    }

    /// <summary>A constant as JSON; null if it is none.</summary>
    public static string? Constant(ITypeSymbol type, object? value)
    {
        var bare = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;
        if (value is not null && bare.TypeKind == TypeKind.Enum)
        {
            return bare.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => value.Equals(field.ConstantValue)) is { } field ? JsonText.Quote(EnumName(field)) : null;
        }

        return value switch
        {
            null => "null",
            string text => JsonText.Quote(text),
            char letter => JsonText.Quote(letter.ToString()),
            bool truth => truth ? "true" : "false",
            double number => double.IsNaN(number) || double.IsInfinity(number) ? null : number.ToString("R", CultureInfo.InvariantCulture),
            float number => float.IsNaN(number) || float.IsInfinity(number) ? null : number.ToString("R", CultureInfo.InvariantCulture),
            IFormattable number and (byte or sbyte or short or ushort or int or uint or long or ulong or decimal) => number.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    /// <summary>The name of an enum's value in JSON.</summary>
    public static string EnumName(IFieldSymbol field) =>
        field.GetAttributes().FirstOrDefault(static a => KnownSymbols.IsJson(a, "JsonStringEnumMemberName"))?.Text() ?? field.Name;

    /// <summary>Whether a type or member has a converter of its own, other than the one that all enums have.</summary>
    public static bool HasConverter(ISymbol symbol) => symbol.GetAttributes().Any(static a =>
        KnownSymbols.IsJson(a, "JsonConverter") && !a.ConstructorArguments.IsEmpty && a.ConstructorArguments[0].Value is INamedTypeSymbol converter && !KnownSymbols.Is(converter, "JsonStringEnumConverter", "System", "Text", "Json", "Serialization"));

    /// <summary>What is said of a member.</summary>
    public static IEnumerable<AttributeData> AttributesOf(ISymbol member) =>
        ParameterOf(member) is { } parameter ? parameter.GetAttributes().AddRange(member.GetAttributes()) : member.GetAttributes();

    private static string? Default(IParameterSymbol parameter) => !parameter.HasExplicitDefaultValue || (parameter.ExplicitDefaultValue is null && parameter.Type.IsValueType && !TypeRefs.IsNullable(parameter.Type))
        ? null
        : Constant(parameter.Type, parameter.ExplicitDefaultValue);

    private void Start()
    {
        _open.Clear();
        _recursive.Clear();
        _definitions.Clear();
    }

    private void AddDefinitions(JsonText schema)
    {
        if (_definitions.Count > 0)
        {
            var definitions = new JsonText();
            foreach (var definition in _definitions)
            {
                definitions[definition.Key] = definition.Value;
            }

            schema["$defs"] = definitions.ToString();
        }
    }

    private static JsonText Object(JsonText properties, List<string> required)
    {
        var schema = new JsonText { ["type"] = "\"object\"", ["properties"] = properties.ToString() };
        if (required.Count > 0)
        {
            schema["required"] = JsonText.Array(required.Select(JsonText.Quote));
        }

        schema["additionalProperties"] = "false";
        return schema;
    }

    private static void Finish(JsonText schema, string? description, string? @default, bool isRequired)
    {
        if (isRequired && schema["type"] is { } types && types[0] == '[')
        {
            // [Required] on what may be null in C#.
            var kept = types.Trim('[', ']').Split(',').Where(static type => type != "\"null\"").ToList();
            schema["type"] = kept.Count == 1 ? kept[0] : JsonText.Array(kept);
        }

        if (description is not null)
        {
            schema["description"] = JsonText.Quote(description);
        }

        if (@default is not null)
        {
            schema["default"] = @default;
        }
    }

    private JsonText Visit(ITypeSymbol type)
    {
        var isNullableValue = type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T };
        var bare = isNullableValue ? ((INamedTypeSymbol)type).TypeArguments[0] : type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        var schema = Make(bare);
        if (isNullableValue || (!type.IsValueType && type.NullableAnnotation == NullableAnnotation.Annotated))
        {
            return OrNull(schema);
        }

        return schema;
    }

    private static JsonText OrNull(JsonText schema)
    {
        if (schema["anyOf"] is { } variants)
        {
            schema["anyOf"] = variants.TrimEnd(']') + ",{\"type\":\"null\"}]";
        }
        else if (schema["$ref"] is not null)
        {
            return new JsonText { ["anyOf"] = $"[{schema},{{\"type\":\"null\"}}]" };
        }
        else if (schema["type"] is { } type)
        {
            schema["type"] = $"[{type},\"null\"]";
            if (schema["enum"] is { } values)
            {
                schema["enum"] = values.TrimEnd(']') + ",null]";
            }
        }

        return schema;
    }

    private JsonText Make(ITypeSymbol type)
    {
        if (HasConverter(type))
        {
            // What a converter of the user's own reads is not to be seen.
            return new JsonText();
        }

        if (JsonValues.Of(type) is { } value)
        {
            return Value(type, value.Contract);
        }

        switch (type)
        {
            case IArrayTypeSymbol array:
                return Items(array.ElementType);
            case INamedTypeSymbol { TypeKind: TypeKind.Enum }:
                return Enum(type);
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return Tuple(tuple);
            case INamedTypeSymbol named when JsonCollections.Of(named) is { } collection:
                return collection.IsDictionary
                    ? new JsonText { ["type"] = "\"object\"", ["additionalProperties"] = Visit(named.TypeArguments[1]).ToString() }
                    : Items(named.TypeArguments[0]);
            case INamedTypeSymbol named:
                return Named(named);
            default:
                return new JsonText();
        }
    }

    private JsonText Items(ITypeSymbol element) => new() { ["type"] = "\"array\"", ["items"] = Visit(element).ToString() };

    private static JsonText Value(ITypeSymbol type, string contract) => contract switch
    {
        "boolean" => Of("boolean"),
        "byte" => Of("integer", ("minimum", "0"), ("maximum", "255")),
        "sbyte" => Of("integer", ("minimum", "-128"), ("maximum", "127")),
        "int16" => Of("integer", ("minimum", "-32768"), ("maximum", "32767")),
        "uint16" => Of("integer", ("minimum", "0"), ("maximum", "65535")),
        "uint32" or "uint64" or "uint128" => Of("integer", ("minimum", "0")),
        "int32" or "int64" or "int128" => Of("integer"),
        "single" or "double" or "decimal" or "half" => Of("number"),
        "char" => Of("string", ("minLength", "1"), ("maxLength", "1")),
        "bytes" => Of("string", ("contentEncoding", "\"base64\"")),
        "guid" => Of("string", ("format", "\"uuid\"")),
        "datetime" or "datetimeoffset" => Of("string", ("format", "\"date-time\"")),
        "dateonly" => Of("string", ("format", "\"date\"")),
        "timeonly" => Of("string", ("format", "\"time\"")),
        "timespan" => Of("string", ("pattern", JsonText.Quote(TimeSpanPattern))),
        "uri" => Of("string", ("format", "\"uri-reference\"")),
        "version" => Of("string", ("pattern", JsonText.Quote("^\\d+(\\.\\d+){1,3}$"))),
        "any" when type.Name == "JsonObject" => Of("object"),
        "any" when type.Name == "JsonArray" => Of("array"),
        "any" => new JsonText(),
        _ => Of("string"),
    };

    private static JsonText Of(string type, params (string Keyword, string Value)[] keywords)
    {
        var schema = new JsonText { ["type"] = JsonText.Quote(type) };
        foreach (var (keyword, value) in keywords)
        {
            schema[keyword] = value;
        }

        return schema;
    }

    private static JsonText Enum(ITypeSymbol type)
    {
        var names = type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).Select(EnumName).ToList();
        if (names.Count == 0)
        {
            return Of("string");
        }

        if (!type.GetAttributes().Any(static a => a.AttributeClass?.Name == "FlagsAttribute"))
        {
            return Of("string", ("enum", JsonText.Array(names.Select(JsonText.Quote))));
        }

        // Any of them together, as Enum.Parse reads them.
        var one = $"({string.Join("|", names.Select(System.Text.RegularExpressions.Regex.Escape))})";
        return Of("string", ("pattern", JsonText.Quote($"^{one}(, ?{one})*$")));
    }

    private JsonText Tuple(INamedTypeSymbol tuple)
    {
        var properties = new JsonText();
        var names = new List<string>();
        for (var i = 0; i < tuple.TupleElements.Length; i++)
        {
            var name = "Item" + JsonText.Number(i + 1);
            var schema = Visit(tuple.TupleElements[i].Type);
            if (tuple.TupleElements[i].Name != name)
            {
                schema["description"] = JsonText.Quote(tuple.TupleElements[i].Name);
            }

            properties[name] = schema.ToString();
            names.Add(name);
        }

        return Object(properties, names);
    }

    /// <summary>The schema of a class, struct or interface, in place; by reference if it holds itself.</summary>
    private JsonText Named(INamedTypeSymbol type)
    {
        if (_recursive.TryGetValue(type, out var known))
        {
            return Reference(known);
        }

        if (!_open.Add(type))
        {
            var name = type.Name;
            while (_recursive.ContainsValue(name))
            {
                name += "_";
            }

            _recursive.Add(type, name);
            return Reference(name);
        }

        var schema = Variants(type) ?? Members(type, discriminator: null);
        _open.Remove(type);
        if (!_recursive.TryGetValue(type, out var own))
        {
            return schema;
        }

        _definitions[own] = schema.ToString();
        return Reference(own);
    }

    private static JsonText Reference(string name) => new() { ["$ref"] = JsonText.Quote("#/$defs/" + name) };

    /// <summary>The types that may stand in for it, told apart by a property.</summary>
    private JsonText? Variants(INamedTypeSymbol type)
    {
        var property = type.GetAttributes().FirstOrDefault(static a => KnownSymbols.IsJson(a, "JsonPolymorphic"))?.Named<string?>("TypeDiscriminatorPropertyName", null) ?? "$type";
        var variants = new List<string>();
        foreach (var attribute in type.GetAttributes().Where(static a => KnownSymbols.IsJson(a, "JsonDerivedType")))
        {
            if (attribute.ConstructorArguments.Length > 1 && attribute.ConstructorArguments[0].Value is INamedTypeSymbol listed && attribute.ConstructorArguments[1] is { Value: { } value, Type: { } valueType } && Constant(valueType, value) is { } constant)
            {
                variants.Add(Members(listed, (property, constant)).ToString());
            }
            else if (attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0].Value is INamedTypeSymbol self)
            {
                variants.Add(Members(self, discriminator: null).ToString());
            }
        }

        return variants.Count == 0 ? null : new JsonText { ["anyOf"] = JsonText.Array(variants) };
    }

    private JsonText Members(INamedTypeSymbol type, (string Name, string Value)? discriminator)
    {
        var shape = new JsonObjectShape(type, owner, compilation, isCamelCase: true);
        var properties = new JsonText();
        var required = new List<string>();
        if (discriminator is { } told)
        {
            properties[told.Name] = $"{{\"const\":{told.Value}}}";
            required.Add(told.Name);
        }

        foreach (var member in shape.Members)
        {
            var schema = HasConverter(member.Symbol) ? new JsonText() : Visit(member.Type);
            var parameter = ParameterOf(member.Symbol);
            var argument = shape.ParameterOf(member);
            var constructed = type.InstanceConstructors.SelectMany(static c => c.Parameters).FirstOrDefault(p => argument is { IsMember: false } && p.Name == argument.Name && p.HasExplicitDefaultValue);
            var otherwise = constructed is null ? null : Default(constructed);
            var isRequired = !_isResult && constraints.Apply(schema, member.Type, [.. AttributesOf(member.Symbol)], otherwise);
            Finish(schema, Descriptions.Of(member.Symbol, ct) ?? (parameter is null ? null : Descriptions.Of(parameter, ct)), otherwise, isRequired);
            properties[member.JsonName] = schema.ToString();
            if (isRequired || shape.IsRequired(member))
            {
                required.Add(member.JsonName);
            }
        }

        var whole = Object(properties, required);
        if (Descriptions.Of(type, ct) is { } description)
        {
            whole["description"] = JsonText.Quote(description);
        }

        return whole;
    }

    /// <summary>A positional record's attributes and comments are its parameter's.</summary>
    private static IParameterSymbol? ParameterOf(ISymbol member) =>
        member.ContainingType.IsRecord ? member.ContainingType.InstanceConstructors.SelectMany(static c => c.Parameters).FirstOrDefault(p => p.Name == member.Name) : null;
}
