using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace AgentFlow.CodeFixes;

/// <summary>Finds what a diagnostic points to, and writes the little that the mends add.</summary>
internal static class Written
{
    /// <summary>The innermost node of that kind around the location; null if there is none.</summary>
    public static T? Find<T>(this Location location, CancellationToken ct) where T : SyntaxNode =>
        location.SourceTree?.GetRoot(ct).FindNode(location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<T>();

    public static ExpressionSyntax NameOf(string member) =>
        InvocationExpression(IdentifierName("nameof"), ArgumentList(SingletonSeparatedList(Argument(IdentifierName(member)))));

    /// <summary>An attribute of the language, as short as it can be called at that place.</summary>
    public static AttributeSyntax Attribute(string name, SyntaxNode place, SemanticModel model, params ExpressionSyntax[] arguments)
    {
        var here = model.SyntaxTree == place.SyntaxTree ? model : model.Compilation.GetSemanticModel(place.SyntaxTree);
        var meanings = here.LookupNamespacesAndTypes(place.SpanStart, name: name + "Attribute");
        var isInScope = meanings.Length == 1 && meanings[0].ContainingNamespace is { Name: "AgentFlow", ContainingNamespace.IsGlobalNamespace: true };
        var attribute = SyntaxFactory.Attribute(ParseName(isInScope ? name : "AgentFlow." + name));
        return arguments.Length == 0 ? attribute : attribute.WithArgumentList(AttributeArgumentList(SeparatedList(arguments.Select(AttributeArgument))));
    }

    /// <summary>Adds an attribute before those that the parameter has.</summary>
    public static ParameterSyntax With(this ParameterSyntax parameter, AttributeSyntax attribute)
    {
        var leading = parameter.GetLeadingTrivia();
        var list = AttributeList(SingletonSeparatedList(attribute)).WithTrailingTrivia(Space);
        var bare = parameter.WithoutLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, list)).WithLeadingTrivia(leading);
    }

    /// <summary>The parameter with a question mark, if it has none.</summary>
    public static ParameterSyntax AsNullable(this ParameterSyntax parameter) =>
        parameter.Type is null or NullableTypeSyntax
            ? parameter
            : parameter.WithType(NullableType(parameter.Type.WithoutTrailingTrivia()).WithTrailingTrivia(parameter.Type.GetTrailingTrivia()));

    /// <summary>Whether the attribute is the language's one of that name.</summary>
    public static bool Is(this AttributeSyntax attribute, string name, SemanticModel model, CancellationToken ct)
    {
        var written = (attribute.Name as QualifiedNameSyntax)?.Right.Identifier.ValueText ?? (attribute.Name as AliasQualifiedNameSyntax)?.Name.Identifier.ValueText ?? (attribute.Name as SimpleNameSyntax)?.Identifier.ValueText;
        return written is not null && (written == name || written == name + "Attribute")
            && (model.SyntaxTree != attribute.SyntaxTree || model.GetTypeInfo(attribute, ct).Type is { ContainingNamespace: { Name: "AgentFlow", ContainingNamespace.IsGlobalNamespace: true } });
    }

    public static AttributeSyntax? Find(this IEnumerable<AttributeListSyntax> lists, string name, SemanticModel model, CancellationToken ct) =>
        lists.SelectMany(static list => list.Attributes).FirstOrDefault(attribute => attribute.Is(name, model, ct));

    /// <summary>The member without the attribute, and without its list if nothing else is in it; comments above the member stay.</summary>
    public static SyntaxNode Without(this SyntaxNode member, AttributeSyntax attribute)
    {
        var list = (AttributeListSyntax)attribute.Parent!;
        if (list.Attributes.Count > 1)
        {
            return member.RemoveNode(attribute, SyntaxRemoveOptions.KeepNoTrivia)!;
        }

        var leading = list.GetLeadingTrivia();
        var isFirst = member.GetFirstToken() == list.GetFirstToken();
        member = member.RemoveNode(list, SyntaxRemoveOptions.KeepNoTrivia)!;
        return isFirst ? member.WithLeadingTrivia(leading) : member;
    }
}
