using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// Walks the types that an agent records, member by member, and says how each is written as JSON, or at which path one cannot be. What is
/// found is closed: nothing else is ever read from a journal.
/// </summary>
internal sealed class JsonContracts(INamedTypeSymbol agent, Compilation compilation, INamedTypeSymbol? context)
{
    private readonly Dictionary<ITypeSymbol, string> _contracts = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ITypeSymbol> _open = new(SymbolEqualityComparer.Default);
    private readonly List<JsonTypeModel> _types = [];
    private readonly HashSet<ITypeSymbol> _known = Declared(context);

    /// <summary>Where the type at hand cannot be recorded, and why; null if it can.</summary>
    private (string Path, string Reason)? _failure;

    public IReadOnlyList<JsonTypeModel> Types => _types;

    /// <summary>Adds a type and all that it consists of.</summary>
    /// <returns>What it looks like as JSON, or null with the place and the reason.</returns>
    public string? Add(ITypeSymbol type, out (string Path, string Reason)? failure)
    {
        _failure = null;
        var contract = Visit(type, type.ToMinimalName());
        failure = _failure;
        return failure is null ? contract : null;
    }

    private static HashSet<ITypeSymbol> Declared(INamedTypeSymbol? context) => new(
        context is null
            ? []
            : context.GetAttributes()
                .Where(static a => a.AttributeClass?.Name == "JsonSerializableAttribute" && !a.ConstructorArguments.IsEmpty)
                .Select(static a => a.ConstructorArguments[0].Value)
                .OfType<ITypeSymbol>(),
        SymbolEqualityComparer.Default);

    /// <summary>The name as a type argument: no annotation on the type itself.</summary>
    private static string NameOf(ITypeSymbol type) => TypeRefs.Name(Bare(type));

    private static ITypeSymbol Bare(ITypeSymbol type) => type.IsValueType ? type : type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);

    private string Visit(ITypeSymbol type, string path)
    {
        var contract = Contract(Bare(type), path);
        return type.NullableAnnotation == NullableAnnotation.Annotated && !type.IsValueType ? contract + "?" : contract;
    }

    private string Contract(ITypeSymbol type, string path)
    {
        if (_contracts.TryGetValue(type, out var known))
        {
            return known;
        }

        if (_open.Contains(type))
        {
            // A type within itself: named, since its contract is being made.
            return "#" + type.Name;
        }

        _open.Add(type);
        var contract = Make(type, path);
        _open.Remove(type);
        if (_failure is null)
        {
            _contracts[type] = contract;
        }

        return contract;
    }

    private string Make(ITypeSymbol type, string path)
    {
        if (_known.Contains(type))
        {
            return "json:" + type.ToMinimalName();
        }

        if (Converter(type, path) is { } converter)
        {
            return Value(type, converter, "json:" + type.ToMinimalName());
        }

        if (JsonValues.Of(type) is { } value)
        {
            return Value(type, $"global::System.Text.Json.Serialization.Metadata.JsonMetadataServices.{value.Converter}", value.Contract);
        }

        switch (type)
        {
            case IArrayTypeSymbol { Rank: 1 } array:
                return Collection(type, $"CreateArrayInfo<{NameOf(array.ElementType)}>", null, array.ElementType, path);
            case IArrayTypeSymbol:
                return Fail(path, "an array of several dimensions has no JSON");
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable:
                var inner = Visit(nullable.TypeArguments[0], path);
                return Value(type, $"global::System.Text.Json.Serialization.Metadata.JsonMetadataServices.GetNullableConverter<{NameOf(nullable.TypeArguments[0])}>(options)", inner + "?");
            case INamedTypeSymbol { TypeKind: TypeKind.Enum }:
                return Value(type, $"new global::System.Text.Json.Serialization.JsonStringEnumConverter<{NameOf(type)}>().CreateConverter(typeof({NameOf(type)}), options)!", "enum");
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return Tuple(tuple, path);
            case INamedTypeSymbol named when JsonCollections.Of(named) is { } collection:
                return Collection(named, collection, path);
            case INamedTypeSymbol named:
                return Object(named, path);
            case ITypeParameterSymbol:
                return Fail(path, "a type parameter may stand for anything");
            case { TypeKind: TypeKind.Dynamic }:
                return Fail(path, "'dynamic' may hold anything; name the type");
            default:
                return Fail(path, "it has no JSON");
        }
    }

    private string Fail(string path, string reason)
    {
        _failure ??= (path, reason);
        return "";
    }

    private string Value(ITypeSymbol type, string converter, string contract)
    {
        _types.Add(new JsonTypeModel { Name = NameOf(type), Kind = JsonKind.Value, Expression = converter, IsValueType = type.IsValueType });
        return contract;
    }

    private string Collection(ITypeSymbol type, string method, string? creation, ITypeSymbol element, string path)
    {
        var contract = Visit(element, path + "[]");
        _types.Add(new JsonTypeModel { Name = NameOf(type), Kind = JsonKind.Collection, Expression = method, Creation = creation, IsValueType = type.IsValueType });
        return $"[{contract}]";
    }

    private string Collection(INamedTypeSymbol type, JsonCollection collection, string path)
    {
        if (!collection.IsDictionary)
        {
            return Collection(type, $"{collection.Method}<{NameOf(type)}, {NameOf(type.TypeArguments[0])}>", collection.Creation(type), type.TypeArguments[0], path);
        }

        var key = type.TypeArguments[0];
        if (!JsonValues.CanBeKey(key))
        {
            return Fail(path, $"'{key.ToMinimalName()}' cannot be the key of a JSON object; use a string, number, Guid, date or enum");
        }

        var (keys, values) = (Visit(key, path + "{}"), Visit(type.TypeArguments[1], path + "{}"));
        _types.Add(new JsonTypeModel
        {
            Name = NameOf(type),
            Kind = JsonKind.Collection,
            Expression = $"{collection.Method}<{NameOf(type)}, {NameOf(key)}, {NameOf(type.TypeArguments[1])}>",
            Creation = collection.Creation(type),
            IsValueType = type.IsValueType,
        });
        return $"{{[{keys}]:{values}}}";
    }

    private string Tuple(INamedTypeSymbol tuple, string path)
    {
        if (tuple.TupleElements.Length > 7)
        {
            return Fail(path, "a tuple of more than seven elements has no JSON; declare a record");
        }

        var members = new List<JsonMemberModel>();
        var contracts = new List<string>();
        var name = NameOf(tuple);
        for (var i = 0; i < tuple.TupleElements.Length; i++)
        {
            var type = tuple.TupleElements[i].Type;
            contracts.Add(Visit(type, $"{path}.Item{i + 1}"));
            members.Add(new JsonMemberModel($"Item{i + 1}", $"Item{i + 1}", NameOf(type), name, IsField: true, IsSettable: true, TypeRefs.IsNullable(type), null));
        }

        _types.Add(new JsonTypeModel { Name = name, Kind = JsonKind.Object, Members = members.ToEquatableArray(), IsValueType = true });
        return $"({string.Join(",", contracts)})";
    }

    private string Object(INamedTypeSymbol type, string path)
    {
        if (Refuse(type) is { } reason)
        {
            return Fail(path, reason);
        }

        if (!compilation.IsSymbolAccessibleWithin(type, agent))
        {
            return Fail(path, "the agent cannot reach the type");
        }

        var derived = Derived(type, path, out var variants);
        if (type.TypeKind == TypeKind.Interface || type.IsAbstract)
        {
            if (derived.Count == 0)
            {
                return Fail(path, $"'{type.ToMinimalName()}' may stand for types that are not known; list them with [JsonDerivedType]");
            }

            _types.Add(new JsonTypeModel { Name = NameOf(type), Kind = JsonKind.Object, Derived = derived.ToEquatableArray(), Discriminator = Discriminator(type), Construction = "" });
            return variants;
        }

        var shape = new JsonObjectShape(type, agent, compilation);
        if (shape.Failure is { } failure)
        {
            return Fail(failure.Member is null ? path : $"{path}.{failure.Member}", failure.Reason);
        }

        var contracts = new List<string>();
        var members = new List<JsonMemberModel>();
        foreach (var member in shape.Members)
        {
            var own = Converter(member.Symbol, member.Type, $"{path}.{member.Symbol.Name}");
            var contract = own is null ? Visit(member.Type, $"{path}.{member.Symbol.Name}") : "json";
            contracts.Add($"{member.JsonName}:{contract}");
            members.Add(new JsonMemberModel(member.Symbol.Name, member.JsonName, NameOf(member.Type), NameOf(member.Symbol.ContainingType), member.Symbol is IFieldSymbol, member.IsSettable, TypeRefs.IsNullable(member.Type), own));
            if (_failure is not null)
            {
                return "";
            }
        }

        if (!type.IsValueType && !type.IsSealed && derived.Count == 0)
        {
            // Only itself: what an unknown subclass adds would be lost in silence.
            derived.Add(new JsonDerivedModel(NameOf(type), null));
        }

        _types.Add(new JsonTypeModel
        {
            Name = NameOf(type),
            Kind = JsonKind.Object,
            Members = members.ToEquatableArray(),
            Parameters = shape.Parameters.Select(static p => new JsonParameterModel(p.Name, NameOf(p.Type), TypeRefs.IsNullable(p.Type), p.IsMember, p.Default)).ToEquatableArray(),
            Construction = shape.Construction(NameOf(type), NameOf),
            Derived = derived.ToEquatableArray(),
            Discriminator = Discriminator(type),
            IsValueType = type.IsValueType,
        });
        contracts.Sort(System.StringComparer.Ordinal);
        return $"{{{string.Join(",", contracts)}}}{variants}";
    }

    private static string? Refuse(INamedTypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_Object)
        {
            return "'object' may hold anything; name the type";
        }

        if (type.TypeKind == TypeKind.Delegate)
        {
            return "a delegate cannot be recorded";
        }

        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct or TypeKind.Interface) || type.IsRefLikeType)
        {
            return "it has no JSON";
        }

        for (var level = type; level is not null; level = level.BaseType)
        {
            if (KnownSymbols.IsException(level))
            {
                return "an exception cannot be recorded; record what matters of it";
            }
        }

        return type.AllInterfaces.Append(type).Any(static i => KnownSymbols.Is(i, "IEnumerable", "System", "Collections") || KnownSymbols.IsAsyncEnumerable(i))
            ? "this collection cannot be restored; use an array, a List<T>, a Dictionary<TKey, TValue> or an immutable one"
            : type.ContainingNamespace is { } space && IsSystem(space) ? "this type of the framework has no JSON; give the member a [JsonConverter], or record what matters of it" : null;
    }

    private static bool IsSystem(INamespaceSymbol space)
    {
        while (space.ContainingNamespace is { IsGlobalNamespace: false } outer)
        {
            space = outer;
        }

        return space.Name == "System";
    }

    /// <summary>The types that <c>[JsonDerivedType]</c> lists.</summary>
    private List<JsonDerivedModel> Derived(INamedTypeSymbol type, string path, out string variants)
    {
        var derived = new List<JsonDerivedModel>();
        var contracts = new List<string>();
        foreach (var attribute in type.GetAttributes().Where(static a => a.AttributeClass?.Name == "JsonDerivedTypeAttribute"))
        {
            if (attribute.ConstructorArguments.Length == 0 || attribute.ConstructorArguments[0].Value is not INamedTypeSymbol listed)
            {
                continue;
            }

            var discriminator = attribute.ConstructorArguments.Length > 1 && attribute.ConstructorArguments[1].Value is { } value ? SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false) : null;
            if (discriminator is null && !SymbolEqualityComparer.Default.Equals(listed, type))
            {
                Fail(path, $"'{listed.ToMinimalName()}' is listed without a discriminator, so it would come back as '{type.ToMinimalName()}'");
            }

            derived.Add(new JsonDerivedModel(NameOf(listed), discriminator));
            contracts.Add($"{discriminator ?? "-"}={(SymbolEqualityComparer.Default.Equals(listed, type) ? "#" + type.Name : Contract(listed, $"{path}({listed.Name})"))}");
        }

        contracts.Sort(System.StringComparer.Ordinal);
        variants = derived.Count == 0 ? "" : $"<{string.Join("|", contracts)}>";
        return derived;
    }

    private static string? Discriminator(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(static a => a.AttributeClass?.Name == "JsonPolymorphicAttribute")?.NamedArguments
            .Where(static a => a.Key == "TypeDiscriminatorPropertyName").Select(static a => a.Value.Value as string).FirstOrDefault();

    /// <summary>The converter that a type or member names, if it is one for exactly this type.</summary>
    private string? Converter(ITypeSymbol type, string path) => Converter(type, type, path);

    private string? Converter(ISymbol symbol, ITypeSymbol type, string path)
    {
        var attribute = symbol.GetAttributes().FirstOrDefault(static a => a.AttributeClass?.Name == "JsonConverterAttribute" && !a.ConstructorArguments.IsEmpty);
        if (attribute?.ConstructorArguments[0].Value is not INamedTypeSymbol converter)
        {
            return null;
        }

        for (INamedTypeSymbol? level = converter; level is not null; level = level.BaseType)
        {
            if (KnownSymbols.Is(level, "JsonStringEnumConverter", "System", "Text", "Json", "Serialization"))
            {
                return $"new global::System.Text.Json.Serialization.JsonStringEnumConverter<{NameOf(type)}>().CreateConverter(typeof({NameOf(type)}), options)!";
            }

            if (level.Name == "JsonConverter" && level.TypeArguments.Length == 1 && SymbolEqualityComparer.Default.Equals(level.TypeArguments[0], type))
            {
                return $"new {TypeRefs.Name(converter)}()";
            }
        }

        Fail(path, $"its converter '{converter.ToMinimalName()}' is no JsonConverter<{type.ToMinimalName()}>");
        return null;
    }
}
