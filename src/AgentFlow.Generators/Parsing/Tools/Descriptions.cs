using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// What a symbol is for, in words: its <c>[Description]</c>, or else its doc comment. The comment is read from the source itself, since the compiler parses
/// none in a project that writes no documentation file.
/// </summary>
internal static class Descriptions
{
    /// <summary>As long as OpenAI takes a tool's description to be.</summary>
    private const int MaxLength = 1024;

    /// <summary>What a type, a method or a property is for; null if nobody says.</summary>
    public static string? Of(ISymbol symbol, CancellationToken ct) => Attribute(symbol) ?? Text(Comment(symbol, ct)?.Element("summary"));

    /// <summary>What a parameter is for; null if nobody says.</summary>
    public static string? Of(IParameterSymbol parameter, CancellationToken ct)
    {
        // The comment on a primary constructor is that of its type.
        var owner = parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor && IsPrimary(constructor, ct) ? constructor.ContainingType : parameter.ContainingSymbol;
        return Attribute(parameter) ?? Text(Comment(owner, ct)?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == parameter.Name));
    }

    private static bool IsPrimary(IMethodSymbol constructor, CancellationToken ct) =>
        constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(ct) is TypeDeclarationSyntax;

    private static string? Attribute(ISymbol symbol)
    {
        var text = symbol.GetAttributes().FirstOrDefault(static a => a.AttributeClass is { } type && KnownSymbols.Is(type, "DescriptionAttribute", "System", "ComponentModel"))?.Text();
        return string.IsNullOrWhiteSpace(text) ? null : Shorten(text!.Trim());
    }

    private static XElement? Comment(ISymbol symbol, CancellationToken ct)
    {
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            // A positional record's property is declared by a parameter, and the comment around it is the record's.
            var syntax = reference.GetSyntax(ct);
            if (syntax is ParameterSyntax)
            {
                continue;
            }

            if (syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } declaration && Parse(Lines(declaration.GetLeadingTrivia().ToFullString())) is { } comment)
            {
                return comment;
            }
        }

        // From another assembly, whose documentation may lie beside it.
        return symbol.DeclaringSyntaxReferences.IsEmpty && symbol.GetDocumentationCommentXml(cancellationToken: ct) is { Length: > 0 } xml ? Parse(xml) : null;
    }

    private static string Lines(string trivia)
    {
        var comment = new StringBuilder();
        foreach (var line in trivia.Split('\n'))
        {
            var text = line.Trim();
            if (text.StartsWith("///", StringComparison.Ordinal))
            {
                comment.Append(text, 3, text.Length - 3).Append('\n');
            }
            else if (text.StartsWith("/**", StringComparison.Ordinal) || (text.StartsWith("*", StringComparison.Ordinal) && comment.Length > 0))
            {
                comment.Append(text.TrimStart('/', '*').Replace("*/", "")).Append('\n');
            }
        }

        return comment.ToString();
    }

    private static XElement? Parse(string comment)
    {
        if (string.IsNullOrWhiteSpace(comment))
        {
            return null;
        }

        try
        {
            var element = XElement.Parse($"<comment>{comment}</comment>");
            return element.Elements().FirstOrDefault() is { Name.LocalName: "member" or "doc" } member ? member : element;
        }
        catch (XmlException)
        {
            // The compiler says so where it matters.
            return null;
        }
    }

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var text = new StringBuilder();
        Append(element, text);
        var plain = string.Join(" ", text.ToString().Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));
        return plain.Length == 0 ? null : Shorten(plain);
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XText plain:
                    text.Append(plain.Value);
                    break;
                case XElement { IsEmpty: true } reference when reference.FirstAttribute is { } attribute:
                    text.Append(attribute.Value.Substring(Math.Max(attribute.Value.LastIndexOf('.'), attribute.Value.LastIndexOf(':')) + 1));
                    break;
                case XElement { Name.LocalName: "para" or "list" or "item" or "br" } block:
                    text.Append(' ');
                    Append(block, text);
                    text.Append(' ');
                    break;
                case XElement inner:
                    Append(inner, text);
                    break;
            }
        }
    }

    private static string Shorten(string text) => text.Length <= MaxLength ? text : text.Substring(0, MaxLength - 1) + "…";
}
