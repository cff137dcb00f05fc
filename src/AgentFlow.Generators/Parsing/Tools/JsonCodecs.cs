using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// Finds the types that generated code can read and write itself: those whose every member is understood, and that hold themselves nowhere. All others,
/// and whatever does not fit, are left to <see cref="JsonContracts"/>; what is understood is read as its <see cref="JsonSchemas"/> and its contract have it.
/// </summary>
internal sealed class JsonCodecs(INamedTypeSymbol owner, Compilation compilation)
{
    /// <summary>The flags of what has been read are one number.</summary>
    private const int MaxMembers = 64;

    /// <summary>System.Text.Json ends at 64.</summary>
    private const int MaxDepth = 16;

    // Annotations tell types apart here: a list of strings that may be null is read in another way.
    private readonly Dictionary<ITypeSymbol, JsonCodec?> _known = new(SymbolEqualityComparer.IncludeNullability);
    private readonly HashSet<string> _names = new(System.StringComparer.Ordinal);

    /// <summary>How the type is read and written; null if it takes a contract.</summary>
    public JsonCodec? Of(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return Of(nullable.TypeArguments[0])?.Nullable(TypeRefs.Name(nullable.TypeArguments[0]));
        }

        var bare = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        var codec = Bare(bare);
        return type is { IsValueType: false, NullableAnnotation: NullableAnnotation.Annotated } ? codec?.OrNull(TypeRefs.Name(bare)) : codec;
    }

    private JsonCodec? Bare(ITypeSymbol type)
    {
        if (_known.TryGetValue(type, out var known))
        {
            return known;
        }

        // While it is open it is not understood: so a type that holds itself is not, nor is what it holds.
        _known[type] = null;
        var codec = Make(type);
        return _known[type] = codec is { Depth: > MaxDepth } ? null : codec;
    }

    private JsonCodec? Make(ITypeSymbol type)
    {
        if (JsonSchemas.HasConverter(type))
        {
            return null;
        }

        if (JsonValues.Of(type) is { } value)
        {
            return NameOf(value.Contract) is { } name ? JsonCodec.Value(name) : null;
        }

        switch (type)
        {
            case IArrayTypeSymbol { Rank: 1 } array:
                return Of(array.ElementType)?.Collection(TypeRefs.Name(array.ElementType), "Array");
            case INamedTypeSymbol { TypeKind: TypeKind.Enum } named:
                return Enum(named);
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return Tuple(tuple);
            case INamedTypeSymbol named when JsonCollections.Of(named) is { } collection:
                return Collection(named, collection);
            case INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false } named:
                return Object(named);
            default:
                return null;
        }
    }

    /// <summary>The run time's name of a type by that of its contract.</summary>
    private static string? NameOf(string contract) => contract switch
    {
        "boolean" => "Boolean",
        "byte" => "Byte",
        "sbyte" => "SByte",
        "int16" => "Int16",
        "uint16" => "UInt16",
        "int32" => "Int32",
        "uint32" => "UInt32",
        "int64" => "Int64",
        "uint64" => "UInt64",
        "single" => "Single",
        "double" => "Double",
        "decimal" => "Decimal",
        "char" => "Char",
        "string" => "String",
        "guid" => "Guid",
        "datetime" => "DateTime",
        "datetimeoffset" => "DateTimeOffset",
        "dateonly" => "DateOnly",
        "uri" => "Uri",
        "bytes" => "Bytes",
        _ => null,
    };

    private JsonCodec? Collection(INamedTypeSymbol type, JsonCollection collection)
    {
        if (collection.IsDictionary)
        {
            return type.Name is "Dictionary" or "IDictionary" or "IReadOnlyDictionary" && type.TypeArguments[0].SpecialType == SpecialType.System_String
                ? Of(type.TypeArguments[1])?.Collection(TypeRefs.Name(type.TypeArguments[1]), "Dictionary")
                : null;
        }

        return type.Name is "List" or "IList" or "ICollection" or "IEnumerable" or "IReadOnlyList" or "IReadOnlyCollection"
            ? Of(type.TypeArguments[0])?.Collection(TypeRefs.Name(type.TypeArguments[0]), "List")
            : null;
    }

    /// <summary>An enum whose every value has one name, and which goes by one name at a time.</summary>
    private JsonCodec? Enum(INamedTypeSymbol type)
    {
        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).ToList();
        var isPlain = fields.Count is > 0 and <= MaxMembers
            && !type.GetAttributes().Any(static a => a.AttributeClass?.Name == "FlagsAttribute")
            && fields.Select(static field => field.ConstantValue).Distinct().Count() == fields.Count
            && fields.All(static field => !field.IsObsoleteError());
        var members = fields.Select(static field => new JsonCodecMember(Identifier.Escape(field.Name), JsonSchemas.EnumName(field))).ToList();
        return isPlain && AreNames(members) ? Add(type, members, "", []) : null;
    }

    private JsonCodec? Tuple(INamedTypeSymbol type)
    {
        if (type.TupleElements.Length is < 2 or > 7)
        {
            return null;
        }

        var codecs = new List<JsonCodec>();
        var members = new List<JsonCodecMember>();
        foreach (var element in type.TupleElements)
        {
            if (Of(element.Type) is not { } codec)
            {
                return null;
            }

            codecs.Add(codec);
            var name = "Item" + JsonText.Number(codecs.Count);
            members.Add(Member(element.Type, name, name, members, codec, mayBeNull: true) with { IsRequired = true });
        }

        return Add(type, members, $"({string.Join(", ", members.Select(static member => member.Local))})", codecs);
    }

    private JsonCodec? Object(INamedTypeSymbol type)
    {
        if (type.GetAttributes().Any(static a => KnownSymbols.IsJson(a, "JsonDerivedType")) || type.AllInterfaces.Any(IsCallback))
        {
            return null;
        }

        var shape = new JsonObjectShape(type, owner, compilation, isCamelCase: true);
        if (shape.Failure is not null || shape.Members.Count > MaxMembers)
        {
            return null;
        }

        var codecs = new List<JsonCodec>();
        var members = new List<JsonCodecMember>();
        foreach (var member in shape.Members)
        {
            if (member.Symbol.GetAttributes().Any(static a => KnownSymbols.IsJson(a, "JsonConverter")) || Of(member.Type) is not { } codec)
            {
                return null;
            }

            codecs.Add(codec);
            var (model, parameter) = (Member(member.Type, member.Symbol.Name, member.JsonName, members, codec, JsonContracts.IsNullable(member)), shape.ParameterOf(member));
            members.Add(model with
            {
                IsRequired = shape.IsRequired(member),
                Assignment = member.IsSettable ? $"{model.Name} = {model.Local}{(RefusesNull(member.Symbol) ? "!" : "")}" : null,
                Default = parameter is { IsMember: false, Default: { } otherwise } ? otherwise : model.Default,
            });
        }

        var construction = shape.Construction(TypeRefs.Name(type), (parameter, _) => Argument(parameter, shape, members)) ?? $"new {TypeRefs.Name(type)}()";
        return AreNames(members) ? Add(type, members, construction, codecs, shape.Members.Any(static member => JsonSchemas.AttributesOf(member.Symbol).Any(ToolConstraints.IsConstraint))) : null;
    }

    /// <summary>Whether it makes System.Text.Json call the object before or after.</summary>
    private static bool IsCallback(INamedTypeSymbol type) => type.Name.StartsWith("IJsonOn", System.StringComparison.Ordinal) && KnownSymbols.Is(type, type.Name, "System", "Text", "Json", "Serialization");

    /// <summary>Whether a member takes no null although its type has it.</summary>
    private static bool RefusesNull(ISymbol member) => member.GetAttributes().Any(static a => a.AttributeClass?.Name == "DisallowNullAttribute");

    /// <summary>What a parameter takes. What may be null where it is read, and not where it is taken, is not.</summary>
    private static string Argument(JsonObjectShape.Parameter parameter, JsonObjectShape shape, List<JsonCodecMember> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (shape.ParameterOf(shape.Members[i]) == parameter)
            {
                var isKnown = parameter.Type.IsValueType || shape.Members[i].Type.NullableAnnotation != NullableAnnotation.Annotated || (parameter.Type.NullableAnnotation == NullableAnnotation.Annotated && !RefusesNull(shape.Members[i].Symbol));
                return members[i].Local + (isKnown ? "" : "!");
            }
        }

        return "default!";
    }

    private static JsonCodecMember Member(ITypeSymbol type, string name, string jsonName, List<JsonCodecMember> others, JsonCodec codec, bool mayBeNull) => new(Identifier.Escape(name), jsonName)
    {
        Type = TypeRefs.Name(type),
        Local = Local(name, others),
        Reading = codec.Reading("members.Value"),
        Writing = codec.Writing(mayBeNull || type.IsValueType ? $"value.{Identifier.Escape(name)}" : $"writer.NotNull(value.{Identifier.Escape(name)})"),
        Default = type.IsValueType ? "default" : type.NullableAnnotation == NullableAnnotation.Annotated ? "null" : "null!",
    };

    private static string Local(string name, List<JsonCodecMember> others) => Identifier.Escape(Identifier.Unique(
        char.ToLowerInvariant(name[0]) + name.Substring(1),
        local => local is "json" or "fits" or "members" or "value" || others.Any(other => other.Local.TrimStart('@') == local)));

    /// <summary>Whether they are told apart as they stand: none that System.Text.Json gives a meaning, and none that has to be escaped.</summary>
    private static bool AreNames(List<JsonCodecMember> members) =>
        members.Count > 0
        && members.All(static member => member.JsonName.Length > 0 && member.JsonName.All(static c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-' or '.'))
        && members.Select(static member => member.JsonName).Distinct().Count() == members.Count;

    private JsonCodec Add(INamedTypeSymbol type, List<JsonCodecMember> members, string construction, List<JsonCodec> codecs, bool isConstrained = false)
    {
        var model = new JsonCodecModel
        {
            Type = TypeRefs.Name(type),
            Name = Identifier.Unique(type.IsTupleType ? "Tuple" : type.Name, name => !_names.Add(name)),
            IsEnum = type.TypeKind == TypeKind.Enum,
            IsValueType = type.IsValueType,
            IsOpen = !type.IsValueType && !type.IsSealed,
            Members = members.ToEquatableArray(),
            Construction = construction,
        };
        return JsonCodec.Generated(model, codecs, isConstrained);
    }
}
