using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Emission;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Which members of a type are written, and how an object is made of them again: everything that is written comes back, or the type is refused.</summary>
internal sealed class JsonObjectShape
{
    private readonly INamedTypeSymbol _type;
    private readonly INamedTypeSymbol _agent;
    private readonly Compilation _compilation;
    private readonly List<Member> _members = [];
    private readonly List<Parameter> _parameters = [];
    private readonly IMethodSymbol? _constructor;
    private readonly bool _isCamelCase;

    public JsonObjectShape(INamedTypeSymbol type, INamedTypeSymbol agent, Compilation compilation, bool isCamelCase = false)
    {
        _type = type;
        _agent = agent;
        _compilation = compilation;
        _isCamelCase = isCamelCase;
        _constructor = FindConstructor();
        if (_constructor is null && !type.IsValueType)
        {
            Failure = (null, "it has no constructor that the agent can call; add one, or mark one of several with [JsonConstructor]");
            return;
        }

        FindMembers();
    }

    /// <summary>The member that cannot be restored, and why.</summary>
    public (string? Member, string Reason)? Failure { get; private set; }

    public IReadOnlyList<Member> Members => _members;

    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>What a member is restored by; null if it is set.</summary>
    public Parameter? ParameterOf(Member member) => _parameters.FirstOrDefault(p => string.Equals(p.Name, member.Symbol.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Whether a member has to be there. What construction needs has to, unless it has a default. What is only initialised would lose the initial value, so it
    /// has to be there unless it may be null.
    /// </summary>
    public bool IsRequired(Member member) => member.Symbol is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }
        || (ParameterOf(member) is { } parameter && (parameter.IsMember ? !TypeRefs.IsNullable(parameter.Type) : parameter.Default is null));

    /// <summary>The C# expression that makes one; null if nothing is needed.</summary>
    /// <param name="name">The type.</param>
    /// <param name="valueOf">The C# expression of what a parameter takes, which has a number.</param>
    public string? Construction(string name, Func<Parameter, int, string> valueOf)
    {
        if (_parameters.Count == 0)
        {
            return null;
        }

        var arguments = new List<string>();
        var initializers = new List<string>();
        for (var i = 0; i < _parameters.Count; i++)
        {
            var value = valueOf(_parameters[i], i);
            if (_parameters[i].IsMember)
            {
                initializers.Add($"{Identifier.Escape(_parameters[i].Name)} = {value}");
            }
            else
            {
                arguments.Add(value);
                if (_parameters[i].Required is { } required)
                {
                    initializers.Add($"{Identifier.Escape(required)} = {value}");
                }
            }
        }

        return $"new {name}({string.Join(", ", arguments)}){(initializers.Count == 0 ? "" : $" {{ {string.Join(", ", initializers)} }}")}";
    }

    private IMethodSymbol? FindConstructor()
    {
        var reachable = _type.InstanceConstructors
            .Where(c => _compilation.IsSymbolAccessibleWithin(c, _agent) && !IsCopy(c) && !c.IsObsoleteError() && c.Parameters.All(static p => p.RefKind is RefKind.None or RefKind.In))
            .ToList();
        // That of a struct without one is always there, and needs no call.
        var written = reachable.Where(c => !_type.IsValueType || !c.IsImplicitlyDeclared).ToList();
        return reachable.FirstOrDefault(static c => Has(c, "JsonConstructor"))
            ?? written.FirstOrDefault(static c => c.Parameters.Length == 0)
            ?? (written.Count == 1 ? written[0] : null);
    }

    private bool IsCopy(IMethodSymbol constructor) =>
        constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, _type) && _type.IsRecord;

    private void FindMembers()
    {
        var parameters = _constructor?.Parameters ?? [];
        var bound = new Dictionary<string, (ISymbol Member, bool IsRequired)>(StringComparer.OrdinalIgnoreCase);
        var setsRequired = _constructor?.GetAttributes().Any(static a => a.AttributeClass?.Name == "SetsRequiredMembersAttribute") == true;
        var initialised = new List<Parameter>();
        foreach (var member in Candidates())
        {
            var isRequired = !setsRequired && member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };
            if (IsIgnored(member))
            {
                if (isRequired)
                {
                    Failure = (member.Name, "it is required, and [JsonIgnore] leaves it out");
                    return;
                }

                continue;
            }

            var type = member is IPropertySymbol p ? p.Type : ((IFieldSymbol)member).Type;
            var parameter = parameters.FirstOrDefault(q => string.Equals(q.Name, member.Name, StringComparison.OrdinalIgnoreCase) && SymbolEqualityComparer.Default.Equals(q.Type, type));
            var isInit = member is IPropertySymbol { SetMethod.IsInitOnly: true };
            var canSet = member switch
            {
                IPropertySymbol { SetMethod: { } set } => _compilation.IsSymbolAccessibleWithin(set, _agent),
                IFieldSymbol field => !field.IsReadOnly,
                _ => false,
            };
            if (member.IsObsoleteError())
            {
                Failure = (member.Name, "it is obsolete, and using it is an error; mark it [JsonIgnore] if it may start afresh");
                return;
            }

            if (parameter is not null)
            {
                bound[parameter.Name] = (member, isRequired);
            }
            else if (!canSet)
            {
                if (IsComputed(member))
                {
                    continue;
                }

                Failure = (member.Name, "it cannot be restored: give it a setter, an init accessor or a constructor parameter of its name and type, or mark it [JsonIgnore]");
                return;
            }
            else if (isRequired || isInit)
            {
                initialised.Add(new Parameter(member.Name, type, IsMember: true, null) { IsGeneric = member.OriginalDefinition is IPropertySymbol { Type: ITypeParameterSymbol } or IFieldSymbol { Type: ITypeParameterSymbol } });
            }

            _members.Add(new Member(member, JsonName(member), type, IsSettable: parameter is null && canSet && !isInit && !isRequired));
        }

        foreach (var parameter in parameters)
        {
            if (!bound.TryGetValue(parameter.Name, out var member))
            {
                Failure = (parameter.Name, $"constructor parameter '{parameter.Name}' has no property or field of its name and type to be restored from");
                return;
            }

            _parameters.Add(new Parameter(parameter.Name, parameter.Type, IsMember: false, parameter.HasExplicitDefaultValue ? Literals.Default(parameter) : null)
            {
                IsGeneric = parameter.OriginalDefinition.Type is ITypeParameterSymbol,
                Required = member.IsRequired ? member.Member.Name : null,
            });
        }

        _parameters.AddRange(initialised);
        CheckNames();
        CheckHiddenState();
    }

    /// <summary>Public members, the nearest of each name; those with [JsonInclude] too.</summary>
    private IEnumerable<ISymbol> Candidates()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (INamedTypeSymbol? level = _type; level is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; level = level.BaseType)
        {
            foreach (var member in level.GetMembers())
            {
                var isCandidate = member switch
                {
                    IPropertySymbol { IsStatic: false, IsIndexer: false, GetMethod: { } get } => get.DeclaredAccessibility == Accessibility.Public || (Has(member, "JsonInclude") && _compilation.IsSymbolAccessibleWithin(get, _agent)),
                    IFieldSymbol { IsStatic: false, IsConst: false, IsImplicitlyDeclared: false } field => field.DeclaredAccessibility == Accessibility.Public || (Has(member, "JsonInclude") && _compilation.IsSymbolAccessibleWithin(field, _agent)),
                    _ => false,
                };
                if (isCandidate && member.Name != "EqualityContract" && seen.Add(member.Name))
                {
                    yield return member;
                }
            }
        }
    }

    private void CheckNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);

        // Values find their constructor parameters whatever the case.
        var members = new HashSet<string>(_parameters.Count > 0 ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var member in _members)
        {
            if (!names.Add(member.JsonName) | !members.Add(member.Symbol.Name))
            {
                Failure = (member.Symbol.Name, $"another member is written as '{member.JsonName}' too; set [JsonPropertyName]");
                return;
            }
        }
    }

    /// <summary>A property without a field of its own makes its value of others. What was compiled elsewhere tells by the accessor.</summary>
    private static bool IsComputed(ISymbol member) => member is IPropertySymbol property
        && (property.ContainingType.Locations[0].IsInSource
            ? !property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property))
            : !property.GetMethod!.GetAttributes().Any(static a => a.AttributeClass?.Name == "CompilerGeneratedAttribute"));

    /// <summary>What nobody writes would come back empty, in silence.</summary>
    private void CheckHiddenState()
    {
        if (Failure is not null)
        {
            return;
        }

        for (INamedTypeSymbol? level = _type; level is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; level = level.BaseType)
        {
            foreach (var field in level.GetMembers().OfType<IFieldSymbol>().Where(static f => !f.IsStatic && !f.IsConst))
            {
                var state = field.AssociatedSymbol ?? PropertyOf(field) ?? field;
                if ((field.IsImplicitlyDeclared && field.AssociatedSymbol is not IPropertySymbol) || _members.Any(m => IsOrOverrides(m.Symbol, state)) || IsIgnored(state))
                {
                    continue;
                }

                Failure = (state.Name, state is IFieldSymbol
                    ? "the field would not be restored: make it a property, or mark it [JsonIgnore] if it may start afresh"
                    : "it would not be restored: make it public, or mark it [JsonInclude] where the agent can reach it, or [JsonIgnore] if it may start afresh");
                return;
            }
        }
    }

    /// <summary>The property that a field is behind, where its type was compiled elsewhere: of structs even such fields are seen, and only their names tell.</summary>
    private static ISymbol? PropertyOf(IFieldSymbol field) =>
        field.Name.StartsWith("<", StringComparison.Ordinal) && field.Name.IndexOf(">k__BackingField", StringComparison.Ordinal) is var end and > 0
            ? field.ContainingType.GetMembers(field.Name.Substring(1, end - 1)).OfType<IPropertySymbol>().FirstOrDefault()
            : null;

    private static bool IsOrOverrides(ISymbol member, ISymbol state)
    {
        for (var level = member; level is not null; level = (level as IPropertySymbol)?.OverriddenProperty)
        {
            if (SymbolEqualityComparer.Default.Equals(level, state))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIgnored(ISymbol member) =>
        member.GetAttributes().FirstOrDefault(static a => KnownSymbols.IsJson(a, "JsonIgnore")) is { } ignore && ignore.EnumName("Condition", "Always") == "Always";

    private string JsonName(ISymbol member) =>
        member.GetAttributes().FirstOrDefault(static a => KnownSymbols.IsJson(a, "JsonPropertyName"))?.Text() ?? (_isCamelCase ? CamelCase(member.Name) : member.Name);

    /// <summary>As <c>JsonNamingPolicy.CamelCase</c> has it: <c>URLPath</c> becomes <c>urlPath</c>.</summary>
    private static string CamelCase(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length && char.IsUpper(letters[i]) && (i == 0 || i + 1 == letters.Length || char.IsUpper(letters[i + 1])); i++)
        {
            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }

    private static bool Has(ISymbol symbol, string attribute) => symbol.GetAttributes().Any(a => KnownSymbols.IsJson(a, attribute));

    /// <summary>A member that is written.</summary>
    public sealed record Member(ISymbol Symbol, string JsonName, ITypeSymbol Type, bool IsSettable);

    /// <summary>Something that construction needs.</summary>
    public sealed record Parameter(string Name, ITypeSymbol Type, bool IsMember, string? Default)
    {
        /// <summary>Whether the type is an argument of the declaring type.</summary>
        public bool IsGeneric { get; init; }

        /// <summary>The required member that C# wants to see initialised all the same.</summary>
        public string? Required { get; init; }
    }
}
