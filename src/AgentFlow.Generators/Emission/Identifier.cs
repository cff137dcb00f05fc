using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Emission;

/// <summary>Names as they can stand in generated code.</summary>
internal static class Identifier
{
    /// <summary>The name, with <c>@</c> if it is a keyword.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    /// <summary>Whether every class and struct has a member of that name.</summary>
    public static bool IsOfObject(string name) =>
        name is "Equals" or "GetHashCode" or "GetType" or "ToString" or "MemberwiseClone" or "Finalize" or "ReferenceEquals";

    /// <summary>The field that belongs to an action: <c>_FetchWiki</c>. Two actions may differ in the case of their first letter alone.</summary>
    public static string Field(string name) => "_" + name;

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
        foreach (var c in Comment(text))
        {
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>The array of a type: the outermost rank is written first, so that an array of <c>int[,]</c> is <c>int[][,]</c>.</summary>
    public static string ArrayOf(string type)
    {
        var ranks = type.Length;
        while (ranks > 0 && type[ranks - 1] == ']' && type.LastIndexOf('[', ranks - 1) is var open && open > 0 && type.Substring(open + 1, ranks - open - 2).All(static c => c == ','))
        {
            ranks = open;
        }

        return type.Insert(ranks, "[]");
    }

    /// <summary>Text for the rest of a line: nothing in it ends the line, and all of it may stand in XML.</summary>
    public static string Comment(string text)
    {
        if (text.All(static c => c >= ' ' && !IsOutsideOfText(c)))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                plain.Append(text[i]).Append(text[++i]);
            }
            else
            {
                plain.Append(text[i] < ' ' || IsOutsideOfText(text[i]) ? ' ' : text[i]);
            }
        }

        return plain.ToString();

        static bool IsOutsideOfText(char c) => c is (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029' or '\ufffe' or '\uffff' || char.IsSurrogate(c);
    }
}
