using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// The language's attributes on a method or a parameter, those on what it overrides included: an attribute on the override
/// replaces the same one on the base.
/// </summary>
internal sealed class AttributeSet
{
    private readonly List<AttributeData> _attributes = [];

    private AttributeSet()
    {
    }

    public IReadOnlyList<AttributeData> Attributes => _attributes;

    public AttributeData? this[string name]
    {
        get
        {
            foreach (var attribute in _attributes)
            {
                if (attribute.AttributeClass!.Name == name)
                {
                    return attribute;
                }
            }

            return null;
        }
    }

    public static AttributeSet Of(IMethodSymbol method)
    {
        var set = new AttributeSet();
        for (var level = method; level is not null; level = level.OverriddenMethod)
        {
            set.AddLevel(level);
        }

        return set;
    }

    public static AttributeSet Of(IParameterSymbol parameter)
    {
        var set = new AttributeSet();
        for (var level = parameter.ContainingSymbol as IMethodSymbol; level is not null; level = level.OverriddenMethod)
        {
            set.AddLevel(level.Parameters[parameter.Ordinal]);
        }

        return set;
    }

    public static AttributeSet Of(INamedTypeSymbol type)
    {
        var set = new AttributeSet();
        set.AddLevel(type);
        return set;
    }

    /// <summary>What makes the method an action: <c>[Action]</c> or <c>[Signal]</c>.</summary>
    public AttributeData? Step => this[KnownSymbols.Action] ?? this[KnownSymbols.Signal];

    public bool Has(string name) => this[name] is not null;

    public IEnumerable<AttributeData> All(string name) => _attributes.Where(attribute => attribute.AttributeClass!.Name == name);

    private void AddLevel(ISymbol symbol)
    {
        var above = _attributes.Count;
        foreach (var attribute in symbol.GetAttributes())
        {
            if (KnownSymbols.IsAgentFlow(attribute) && !_attributes.Take(above).Any(known => known.AttributeClass!.Name == attribute.AttributeClass!.Name))
            {
                _attributes.Add(attribute);
            }
        }
    }
}
