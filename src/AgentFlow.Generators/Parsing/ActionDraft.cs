using System;
using System.Collections.Generic;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>An action between its symbol and its model: all signatures and named methods are known before the first parameter is bound.</summary>
internal sealed class ActionDraft
{
    private readonly Dictionary<(EdgeRole Role, int Place), IMethodSymbol> _methods = [];

    public ActionDraft(int index, IMethodSymbol method, AttributeSet attributes, Compilation compilation)
    {
        Index = index;
        Method = method;
        Attributes = attributes;
        Action = attributes.Step!;
        ForEach = attributes[KnownSymbols.ForEach];
        Mode = Enum.TryParse<ActionMode>(Action.EnumName("Mode", nameof(ActionMode.Async)), out var mode) ? mode : ActionMode.Async;
        Shape = ReturnShape.Of(method);
        OnePiece = Shape.Collected(compilation);
        Output = ForEach is null || OnePiece is null ? OnePiece : ReturnShape.ArrayOf(OnePiece, compilation);
        _methods[(EdgeRole.Method, 0)] = method;
    }

    public int Index { get; }

    public IMethodSymbol Method { get; }

    public string Name => Method.Name;

    public AttributeSet Attributes { get; }

    /// <summary>The <c>[Action]</c> or <c>[Signal]</c>.</summary>
    public AttributeData Action { get; }

    /// <summary>Whether the outside world completes it.</summary>
    public bool IsSignal => Action.AttributeClass!.Name == KnownSymbols.Signal;

    public AttributeData? ForEach { get; }

    public ActionMode Mode { get; }

    public bool IsFireAndForget => Mode == ActionMode.FireAndForget;

    public ReturnShape Shape { get; }

    /// <summary>What one call makes: with <c>[ForEach]</c> one element's result, else the output.</summary>
    public ITypeSymbol? OnePiece { get; }

    /// <summary>What consumers see.</summary>
    public ITypeSymbol? Output { get; }

    /// <summary>Where each name of each <c>[DependsOn]</c> in the model was written.</summary>
    public List<List<Place>> OrderPlaces { get; } = [];

    /// <summary>The methods that serve the action in a role, as in the model.</summary>
    public IEnumerable<(IMethodSymbol Method, EdgeRole Role)> Methods
    {
        get
        {
            foreach (var entry in _methods)
            {
                yield return (entry.Value, entry.Key.Role);
            }
        }
    }

    public void Add(EdgeRole role, IMethodSymbol method)
    {
        var place = 0;
        while (_methods.ContainsKey((role, place)))
        {
            place++;
        }

        _methods.Add((role, place), method);
    }

    public IMethodSymbol? Get(EdgeRole role, int place = 0) => _methods.TryGetValue((role, place), out var method) ? method : null;

    public IEnumerable<IMethodSymbol> All(EdgeRole role)
    {
        for (var place = 0; Get(role, place) is { } method; place++)
        {
            yield return method;
        }
    }
}
