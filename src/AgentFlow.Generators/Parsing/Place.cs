using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators.Parsing;

/// <summary>Where a finding is, without the cost of a location until somebody asks for one.</summary>
internal readonly struct Place
{
    private readonly ISymbol? _symbol;
    private readonly AttributeData? _attribute;
    private readonly string? _named;
    private readonly int _position;

    private Place(ISymbol? symbol, AttributeData? attribute, string? named, int position)
    {
        _symbol = symbol;
        _attribute = attribute;
        _named = named;
        _position = position;
    }

    /// <summary>The identifier of a symbol.</summary>
    public static Place Of(ISymbol symbol) => new(symbol, null, null, -1);

    /// <summary>A whole attribute.</summary>
    public static Place Of(AttributeData attribute) => new(null, attribute, null, -1);

    /// <summary>A positional argument, or an element of a <see langword="params"/> array.</summary>
    public static Place Of(AttributeData attribute, int position) => new(null, attribute, null, position);

    /// <summary>The value of a named argument.</summary>
    public static Place Of(AttributeData attribute, string named) => new(null, attribute, named, -1);

    public Location? Locate(CancellationToken ct)
    {
        if (_symbol is not null)
        {
            return _symbol.Locations.FirstOrDefault(static location => location.IsInSource);
        }

        var syntax = _attribute?.ApplicationSyntaxReference?.GetSyntax(ct);
        return syntax is AttributeSyntax attribute ? (Argument(attribute) ?? attribute).GetLocation() : syntax?.GetLocation();
    }

    /// <summary>Whether the argument is a <c>nameof</c> of something that is not there: the compiler says that itself.</summary>
    public bool IsNameOfNothing(Compilation compilation, CancellationToken ct)
    {
        if (_attribute?.ApplicationSyntaxReference?.GetSyntax(ct) is not AttributeSyntax attribute
            || Argument(attribute) is not InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" }, ArgumentList.Arguments: { Count: 1 } arguments }
            || !compilation.ContainsSyntaxTree(attribute.SyntaxTree))
        {
            return false;
        }

        var symbol = compilation.GetSemanticModel(attribute.SyntaxTree).GetSymbolInfo(arguments[0].Expression, ct);
        return symbol.Symbol is null && symbol.CandidateSymbols.IsEmpty;
    }

    private SyntaxNode? Argument(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? default;
        if (_named is not null)
        {
            foreach (var argument in arguments)
            {
                if (argument.NameEquals?.Name.Identifier.ValueText == _named)
                {
                    return argument.Expression;
                }
            }

            return null;
        }

        if (_position < 0)
        {
            return null;
        }

        var positional = arguments.Where(static argument => argument.NameEquals is null).ToList();
        if (positional.Count == 1 && Elements(positional[0].Expression) is { } elements)
        {
            return _position < elements.Count ? elements[_position] : null;
        }

        return _position < positional.Count ? positional[_position].Expression : null;
    }

    private static List<SyntaxNode>? Elements(ExpressionSyntax expression) => expression switch
    {
        ArrayCreationExpressionSyntax { Initializer: { } list } => [.. list.Expressions],
        ImplicitArrayCreationExpressionSyntax implicitArray => [.. implicitArray.Initializer.Expressions],
        CollectionExpressionSyntax collection => [.. collection.Elements],
        _ => null,
    };
}
