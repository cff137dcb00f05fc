using System.Collections.Generic;
using System.Globalization;
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
internal sealed class JsonContracts(INamedTypeSymbol agent, Compilation compilation, INamedTypeSymbol? context, bool isCamelCase = false)
{
    private const string Json = "global::System.Text.Json.Serialization.";

    private readonly HashSet<ITypeSymbol> _added = new(SymbolEqualityComparer.Default);

    /// <summary>The objects that the contract at hand spells out, by place: another mention of one is its number, so that a contract ends and depends on nothing but its type.</summary>
    private readonly Dictionary<ITypeSymbol, int> _spelled = new(SymbolEqualityComparer.Default);
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
        _spelled.Clear();
        var contract = Visit(type, type.ToMinimalName());
        failure = _failure;
        return failure is null ? contract.Replace(" ", "") : null;
    }

    /// <summary>Whether a member may be null when it is written.</summary>
    public static bool IsNullable(JsonObjectShape.Member member) => IsNullable(member.Type, IsOfParameter(member.Symbol));

    private static HashSet<ITypeSymbol> Declared(INamedTypeSymbol? context) => new(
        context is null
            ? []
            : context.GetAttributes()
                .Where(static a => KnownSymbols.IsJson(a, "JsonSerializable") && !a.ConstructorArguments.IsEmpty)
                .Select(static a => a.ConstructorArguments[0].Value)
                .OfType<ITypeSymbol>(),
        SymbolEqualityComparer.Default);

    /// <summary>The name as a type argument: no annotation on the type itself.</summary>
    private static string NameOf(ITypeSymbol type) => TypeRefs.Name(Bare(type));

    private static ITypeSymbol Bare(ITypeSymbol type) => type.IsValueType ? type : type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);

    private string Visit(ITypeSymbol type, string path)
    {
        var contract = Make(Bare(type), path);
        return type.NullableAnnotation == NullableAnnotation.Annotated && !type.IsValueType ? contract + "?" : contract;
    }

    private void Add(ITypeSymbol type, JsonTypeModel model)
    {
        if (_failure is null && _added.Add(type))
        {
            _types.Add(model);
        }
    }

    private string Make(ITypeSymbol type, string path)
    {
        if (type is INamedTypeSymbol && SignatureRules.IsLocalToFile(type))
        {
            return Fail(path, "generated code cannot reach a type that is local to a file");
        }

        if (ExternAliases.Hide(compilation, type))
        {
            return Fail(path, "generated code cannot name a type that the project knows by an extern alias alone; add 'global' to the Aliases of the reference");
        }

        if (_known.Contains(type))
        {
            return "json:" + type.ToMinimalName();
        }

        if (Converter(type, type, path) is { } converter)
        {
            return Value(type, converter.Expression, converter.Contract);
        }

        if (JsonValues.Of(type) is { } value)
        {
            // Times without an offset are not the machine's, and numbers that are too large are not infinite.
            var converters = value.Contract switch
            {
                "datetime" or "datetimeoffset" => "global::AgentFlow.CompilerServices.Moments",
                "single" or "double" or "half" when isCamelCase => "global::AgentFlow.CompilerServices.ToolNumbers",
                _ => "global::System.Text.Json.Serialization.Metadata.JsonMetadataServices",
            };
            return Value(type, $"{converters}.{(isCamelCase && value.Contract == "datetime" ? "Utc" : "")}{value.Converter}", value.Contract);
        }

        switch (type)
        {
            case IArrayTypeSymbol { Rank: 1 } array:
                return Collection(type, $"CreateArrayInfo<{TypeRefs.Name(array.ElementType)}>", null, array.ElementType, path);
            case IArrayTypeSymbol:
                return Fail(path, "an array of several dimensions has no JSON");
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable:
                var inner = Visit(nullable.TypeArguments[0], path);
                return Value(type, $"global::System.Text.Json.Serialization.Metadata.JsonMetadataServices.GetNullableConverter<{NameOf(nullable.TypeArguments[0])}>(options)", inner + "?");
            case INamedTypeSymbol { TypeKind: TypeKind.Enum }:
                return Value(type, $"new global::System.Text.Json.Serialization.JsonStringEnumConverter<{NameOf(type)}>().CreateConverter(typeof({NameOf(type)}), options)!", "enum");
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return Tuple(tuple, path);
            case INamedTypeSymbol pair when !isCamelCase && KnownSymbols.Is(pair, "KeyValuePair", "System", "Collections", "Generic") && pair.Arity == 2:
                return Pair(pair, path);
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
        Add(type, new JsonTypeModel { Name = NameOf(type), Kind = JsonKind.Value, Expression = converter, IsValueType = type.IsValueType });
        return contract;
    }

    private string Collection(ITypeSymbol type, string method, string? creation, ITypeSymbol element, string path)
    {
        var contract = Visit(element, path + "[]");
        Add(type, new JsonTypeModel
        {
            Name = NameOf(type),
            Kind = JsonKind.Collection,
            Expression = method,
            Creation = creation,
            Guard = isCamelCase || type is not INamedTypeSymbol named ? null
                : JsonCollections.MayHaveComparer(named) ? $"OfElements<{NameOf(type)}, {TypeRefs.Name(element)}>"
                : named is { TypeKind: TypeKind.Class, IsSealed: false } ? "Of"
                : null,
            IsOfFloats = IsFloat(element),
            IsValueType = type.IsValueType,
        });
        return $"[{contract}]";
    }

    private string Collection(INamedTypeSymbol type, JsonCollection collection, string path)
    {
        if (!collection.IsDictionary)
        {
            var arguments = type.Name.EndsWith("Memory", System.StringComparison.Ordinal) ? "" : NameOf(type) + ", ";
            return Collection(type, $"{collection.Method}<{arguments}{TypeRefs.Name(type.TypeArguments[0])}>", collection.Creation(type), type.TypeArguments[0], path);
        }

        var key = type.TypeArguments[0];
        if (!JsonValues.CanBeKey(key))
        {
            return Fail(path, $"'{key.ToMinimalName()}' cannot be the key of a JSON object; use a string, number, Guid, date or enum");
        }

        var (keys, values) = (Visit(key, path + "{}"), Visit(type.TypeArguments[1], path + "{}"));
        Add(type, new JsonTypeModel
        {
            Name = NameOf(type),
            Kind = JsonKind.Collection,
            Expression = $"{collection.Method}<{NameOf(type)}, {NameOf(key)}, {TypeRefs.Name(type.TypeArguments[1])}>",
            Creation = collection.Creation(type),
            Guard = isCamelCase ? null : $"OfKeys<{NameOf(type)}, {NameOf(key)}, {TypeRefs.Name(type.TypeArguments[1])}>",
            IsOfFloats = IsFloat(type.TypeArguments[1]),
            IsValueType = type.IsValueType,
        });
        return $"{{[{keys}]:{values}}}";
    }

    private static bool IsFloat(ITypeSymbol type) => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        ? IsFloat(nullable.TypeArguments[0])
        : JsonValues.Of(type) is { Contract: "single" or "double" or "half" };

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
            members.Add(new JsonMemberModel($"Item{i + 1}", $"Item{i + 1}", NameOf(type), name, IsField: true, IsSettable: true, IsNullable(type, isGeneric: true), null));
        }

        Add(tuple, new JsonTypeModel { Name = name, Kind = JsonKind.Object, Members = members.ToEquatableArray(), IsOfFloats = tuple.TupleElements.Any(static e => IsFloat(e.Type)), IsValueType = true });
        return $"({string.Join(",", contracts)})";
    }

    /// <summary>What System.Text.Json reads and writes by its two properties. Its fields are nobody's business, and not the same in every version of the framework.</summary>
    private string Pair(INamedTypeSymbol pair, string path)
    {
        var name = NameOf(pair);
        var types = pair.TypeArguments;
        string[] names = ["Key", "Value"];
        var contracts = names.Select((member, i) => Visit(types[i], $"{path}.{member}")).ToList();
        Add(pair, new JsonTypeModel
        {
            Name = name,
            Kind = JsonKind.Object,
            Members = names.Select((member, i) => new JsonMemberModel(member, member, NameOf(types[i]), name, IsField: false, IsSettable: false, IsNullable(types[i], isGeneric: true), null)).ToEquatableArray(),
            Parameters = names.Select((member, i) => new JsonParameterModel(member, NameOf(types[i]), IsNullable(types[i], isGeneric: true), IsMember: false, null)).ToEquatableArray(),
            Construction = $"new {name}(({NameOf(types[0])})values[0]!, ({NameOf(types[1])})values[1]!)",
            IsOfFloats = types.Any(IsFloat),
            IsValueType = true,
        });
        return $"{{Key:{contracts[0]},Value:{contracts[1]}}}";
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

        if (_spelled.TryGetValue(type, out var number))
        {
            return "#" + number.ToString(CultureInfo.InvariantCulture);
        }

        _spelled.Add(type, _spelled.Count);
        var derived = Derived(type, path, out var variants);
        if (type.TypeKind == TypeKind.Interface || type.IsAbstract)
        {
            if (derived.Count == 0)
            {
                return Fail(path, $"'{type.ToMinimalName()}' may stand for types that are not known; list them with [JsonDerivedType]");
            }

            Add(type, new JsonTypeModel { Name = NameOf(type), Kind = JsonKind.Object, Derived = derived.ToEquatableArray(), Discriminator = Discriminator(type), Construction = "" });
            return variants;
        }

        var shape = new JsonObjectShape(type, agent, compilation, isCamelCase);
        if (shape.Failure is { } failure)
        {
            return Fail(failure.Member is null ? path : $"{path}.{failure.Member}", failure.Reason);
        }

        var contracts = new List<string>();
        var members = new List<JsonMemberModel>();
        foreach (var member in shape.Members.OrderBy(static m => m.JsonName, System.StringComparer.Ordinal))
        {
            var at = $"{path}.{member.Symbol.Name}";
            var own = Converter(member.Symbol, member.Type, at);
            var contract = own?.Contract ?? Visit(member.Type, at);
            if (_failure is not null)
            {
                return "";
            }

            contracts.Add($"{Quoted(member.JsonName)}:{contract}");
            members.Add(new JsonMemberModel(
                member.Symbol.Name, member.JsonName, NameOf(member.Type), NameOf(member.Symbol.ContainingType), member.Symbol is IFieldSymbol, member.IsSettable,
                IsNullable(member), own?.Expression));
        }

        if (!type.IsValueType && !type.IsSealed && derived.Count == 0)
        {
            // Only itself: what an unknown subclass adds would be lost in silence.
            derived.Add(new JsonDerivedModel(NameOf(type), null));
        }

        Add(type, new JsonTypeModel
        {
            Name = NameOf(type),
            Kind = JsonKind.Object,
            Members = members.ToEquatableArray(),
            Parameters = shape.Parameters.Select(static p => new JsonParameterModel(p.Name, NameOf(p.Type), IsNullable(p.Type, p.IsGeneric), p.IsMember, p.Default)).ToEquatableArray(),
            Construction = shape.Construction(NameOf(type), static (parameter, i) => $"({NameOf(parameter.Type)})values[{i}]!"),
            Derived = derived.ToEquatableArray(),
            Discriminator = Discriminator(type),
            IsOfFloats = shape.Members.Any(static m => IsFloat(m.Type)),
            IsValueType = type.IsValueType,
        });
        return $"{{{string.Join(",", contracts)}}}{variants}";
    }

    /// <summary>A type with arguments has one contract for all annotations of them, so it must take what any of them allows.</summary>
    private static bool IsNullable(ITypeSymbol type, bool isGeneric) => TypeRefs.IsNullable(type) || (isGeneric && !type.IsValueType);

    private static bool IsOfParameter(ISymbol member) =>
        member.OriginalDefinition is IPropertySymbol { Type: ITypeParameterSymbol } or IFieldSymbol { Type: ITypeParameterSymbol };

    /// <summary>As it stands if it is a word: contracts are lines, and have no spaces.</summary>
    private static string Quoted(string name) => name.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or '$' or '.')
        ? name
        : SymbolDisplay.FormatLiteral(name, quote: true).Replace(" ", "\\u0020");

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

        if (type.IsObsoleteError())
        {
            return "it is obsolete, and using it is an error";
        }

        for (var level = type; level is not null; level = level.BaseType)
        {
            if (KnownSymbols.IsException(level))
            {
                return "an exception cannot be recorded; record what matters of it";
            }
        }

        for (var level = type.BaseType; level is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; level = level.BaseType)
        {
            if (IsSystem(level.ContainingNamespace))
            {
                return $"it derives from '{level.ToMinimalName()}', whose state cannot be seen";
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
        var told = new HashSet<string>();
        foreach (var attribute in type.GetAttributes().Where(static a => KnownSymbols.IsJson(a, "JsonDerivedType")))
        {
            if (attribute.ConstructorArguments.Length == 0 || attribute.ConstructorArguments[0].Value is not INamedTypeSymbol listed)
            {
                continue;
            }

            var discriminator = attribute.ConstructorArguments.Length > 1 && attribute.ConstructorArguments[1].Value is { } value ? SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false) : null;
            var isSelf = SymbolEqualityComparer.Default.Equals(listed, type);
            if (listed.IsUnboundGenericType || !compilation.HasImplicitConversion(listed, type))
            {
                Fail(path, $"'{listed.ToMinimalName()}' is listed and is no '{type.ToMinimalName()}'");
            }
            else if (discriminator is null && !isSelf)
            {
                Fail(path, $"'{listed.ToMinimalName()}' is listed without a discriminator, so it would come back as '{type.ToMinimalName()}'");
            }
            else if (!told.Add(discriminator ?? "") | !told.Add(NameOf(listed)))
            {
                Fail(path, $"'{listed.ToMinimalName()}' is listed under a discriminator that is taken, or twice");
            }

            if (_failure is not null)
            {
                break;
            }

            derived.Add(new JsonDerivedModel(NameOf(listed), discriminator));
            contracts.Add($"{discriminator?.Replace(" ", "\\u0020") ?? "-"}={(isSelf ? "#" : Make(listed, $"{path}({listed.Name})"))}");
        }

        contracts.Sort(System.StringComparer.Ordinal);
        variants = derived.Count == 0 ? "" : $"<{string.Join("|", contracts)}>";
        return derived;
    }

    private static string? Discriminator(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(static a => KnownSymbols.IsJson(a, "JsonPolymorphic"))?.NamedArguments
            .Where(static a => a.Key == "TypeDiscriminatorPropertyName").Select(static a => a.Value.Value as string).FirstOrDefault();

    /// <summary>The converter that a type or member names, as an expression, and how a contract mentions it.</summary>
    private (string Expression, string Contract)? Converter(ISymbol symbol, ITypeSymbol type, string path)
    {
        var attribute = symbol.GetAttributes().FirstOrDefault(static a => KnownSymbols.IsJson(a, "JsonConverter") && !a.ConstructorArguments.IsEmpty);
        if (attribute?.ConstructorArguments[0].Value is not INamedTypeSymbol converter)
        {
            return null;
        }

        var name = NameOf(type);
        if (type.TypeKind == TypeKind.Enum && KnownSymbols.Is(converter, "JsonStringEnumConverter", "System", "Text", "Json", "Serialization"))
        {
            return ($"new {Json}JsonStringEnumConverter<{name}>().CreateConverter(typeof({name}), options)!", "enum");
        }

        for (INamedTypeSymbol? level = converter; level is not null; level = level.BaseType)
        {
            var isFactory = KnownSymbols.Is(level, "JsonConverterFactory", "System", "Text", "Json", "Serialization");
            if (isFactory || (KnownSymbols.Is(level, "JsonConverter", "System", "Text", "Json", "Serialization") && level.TypeArguments.Length == 1 && SymbolEqualityComparer.Default.Equals(level.TypeArguments[0], type)))
            {
                if (!CanMake(converter))
                {
                    Fail(path, $"the agent cannot make its converter '{converter.ToMinimalName()}'; give it an accessible constructor without parameters");
                    return null;
                }

                return (isFactory ? $"new {TypeRefs.Name(converter)}().CreateConverter(typeof({name}), options)!" : $"new {TypeRefs.Name(converter)}()", "json:" + converter.ToMinimalName());
            }
        }

        Fail(path, $"its converter '{converter.ToMinimalName()}' is no JsonConverter<{type.ToMinimalName()}>");
        return null;
    }

    private bool CanMake(INamedTypeSymbol type) =>
        !type.IsAbstract && !type.IsUnboundGenericType && compilation.IsSymbolAccessibleWithin(type, agent)
        && type.InstanceConstructors.Any(c => c.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(c, agent));
}
