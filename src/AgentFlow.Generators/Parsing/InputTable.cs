using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Parsing;

/// <summary>The arguments of the run: in the order of the source, those with a default last, as C# wants it.</summary>
internal sealed class InputTable
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<Entry> _inOrder = [];
    private readonly Reporter _report;

    /// <param name="methods">Every method whose parameters are bound.</param>
    /// <param name="compilation">What they are part of.</param>
    /// <param name="report">Takes conflicts.</param>
    public InputTable(IEnumerable<IMethodSymbol> methods, Compilation compilation, Reporter report)
    {
        _report = report;
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (var method in methods.Where(seen.Add))
        {
            foreach (var parameter in method.Parameters)
            {
                if (AttributeSet.Of(parameter)[KnownSymbols.Input] is { } attribute && parameter.RefKind == RefKind.None && !SignatureRules.IsUnusable(compilation, parameter.Type))
                {
                    Add(NameOf(parameter, attribute), parameter, attribute);
                }
            }
        }

        _inOrder = [.. _inOrder.OrderBy(static entry => entry.Default is not null)];
        for (var i = 0; i < _inOrder.Count; i++)
        {
            _inOrder[i].Index = i;
        }
    }

    public EquatableArray<InputModel> Models =>
        _inOrder.Select(static entry => new InputModel(entry.Name, entry.Type, entry.Default, entry.IsSensitive)).ToEquatableArray();

    /// <summary>The first parameter that takes each of them.</summary>
    public IEnumerable<IParameterSymbol> Parameters => _inOrder.Select(static entry => entry.First);

    public int IndexOf(IParameterSymbol parameter, AttributeData attribute) =>
        _entries.TryGetValue(NameOf(parameter, attribute), out var entry) ? entry.Index : -1;

    private static string NameOf(IParameterSymbol parameter, AttributeData attribute) =>
        attribute.Named<string?>("Name", null) ?? parameter.Name;

    private void Add(string name, IParameterSymbol parameter, AttributeData attribute)
    {
        if (!SyntaxFacts.IsValidIdentifier(name) || name.Length > SignatureRules.LongestName)
        {
            name = name.Length > 40 ? name.Substring(0, 40) + "…" : name;
            _report.Report(Descriptors.OptionOutOfRange, Place.Of(attribute, "Name"), "The input name '" + name + "'", "write an identifier of at most 900 characters, since it becomes a parameter of RunAsync");
            return;
        }

        var type = TypeRefs.Of(parameter.Type);
        // What attributes alone can say is no default that RunAsync could have.
        var @default = Literals.Default(parameter) is { } written && Literals.IsConstant(written) ? written : null;
        if (!_entries.TryGetValue(name, out var entry))
        {
            entry = new Entry(name, type, parameter) { Default = @default };
            _entries.Add(name, entry);
            _inOrder.Add(entry);
            entry.IsSensitive = SensitiveTypes.Hold(parameter.Type) || AttributeSet.Of(parameter).Has(KnownSymbols.Sensitive);
            return;
        }

        entry.IsSensitive |= AttributeSet.Of(parameter).Has(KnownSymbols.Sensitive);
        if (entry.Type != type)
        {
            _report.Report(Descriptors.InputTypeConflict, Place.Of(parameter), name, parameter.Type, entry.First.Type, entry.First.ContainingSymbol.Name);
        }

        if (entry.Default != @default)
        {
            entry.Default = null;
            var (with, without) = parameter.HasExplicitDefaultValue ? (parameter, entry.First) : (entry.First, parameter);
            _report.Report(
                Descriptors.OptionWithoutEffect,
                Place.Of(with),
                $"The default of input '{name}'",
                $"'{without.ContainingSymbol.Name}' takes the same input {(without.HasExplicitDefaultValue ? "with another" : "without one")}; write the same for both, or name one of them apart with [Input(Name = …)]");
        }
    }

    private sealed class Entry(string name, TypeRef type, IParameterSymbol first)
    {
        public string Name { get; } = name;

        public TypeRef Type { get; } = type;

        public IParameterSymbol First { get; } = first;

        public string? Default { get; set; }

        public bool IsSensitive { get; set; }

        public int Index { get; set; }
    }
}
