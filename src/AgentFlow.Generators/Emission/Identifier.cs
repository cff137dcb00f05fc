using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Emission;

/// <summary>Names as they can stand in generated code.</summary>
internal static class Identifier
{
    /// <summary>The name, with <c>@</c> if it is a keyword.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>The name of a member of a generated type; a member may not be called like its type.</summary>
    public static string Member(string name, string type) => name == type ? name + "_" : Escape(name);

    /// <summary>The field that belongs to an action: <c>_fetchWiki</c>.</summary>
    public static string Field(string name) => "_" + char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary>A name that none of the taken ones is.</summary>
    public static string Unique(string name, System.Func<string, bool> isTaken)
    {
        while (isTaken(name))
        {
            name += "_";
        }

        return name;
    }

    /// <summary>A C# string literal.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Text for a doc comment.</summary>
    public static string Xml(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '\r' or '\n' => escaped.Append(' '),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

}
