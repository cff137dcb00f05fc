using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>
/// Cuts source code into declarations, each with the comments above it and the types around it. It knows how declarations look in the common
/// languages, not their grammars: good enough to say where something is, whatever it is written in.
/// </summary>
public static partial class CodeSplitter
{
    private const int MaxLines = 80;

    /// <summary>Longer lines are data, on which matching could take long.</summary>
    private const int LongestDeclaration = 300;

    /// <summary>Cuts a source file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>Its passages, in order; together they are the file.</returns>
    public static IEnumerable<Passage> Split(TextFile file)
    {
        var lines = file.Lines;
        var (start, declared, symbol) = (0, 0, "");
        foreach (var (line, name) in file.Path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) ? CSharpOutline.Read(lines) : Declarations(lines))
        {
            var from = Math.Max(start, CommentsAbove(lines, line));
            foreach (var passage in Pieces(start, from, declared, symbol))
            {
                yield return passage;
            }

            (start, declared, symbol) = (from, line, name);
        }

        foreach (var passage in Pieces(start, lines.Length, declared, symbol))
        {
            yield return passage;
        }

        IEnumerable<Passage> Pieces(int from, int to, int declaration, string title)
        {
            for (var at = from; at < to; at += MaxLines)
            {
                var text = string.Join('\n', lines[at..Math.Min(to, at + MaxLines)]);
                if (!string.IsNullOrWhiteSpace(text))
                {
                    yield return new(SourceKind.Code, file.Path, at + 1, title, text) { DeclarationOffset = at == from ? Math.Max(0, declaration - from) : 0 };
                }
            }
        }
    }

    private static IEnumerable<(int Line, string Symbol)> Declarations(string[] lines)
    {
        var around = new List<(int Indent, string Name)>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (Declares(lines[i], i + 1 < lines.Length ? lines[i + 1] : "") is not var (name, isType))
            {
                continue;
            }

            var indent = Indent(lines[i]);
            around.RemoveAll(t => t.Indent >= indent);
            yield return (i, string.Join('.', around.Select(static t => t.Name).Append(name)));
            if (isType)
            {
                around.Add((indent, name));
            }
        }
    }

    [GeneratedRegex(@"^\s*(?:(?:public|private|protected|internal|static|sealed|abstract|partial|readonly|ref|unsafe|final|open|export|default|async|pub(?:\([a-z]+\))?|data|inline|extern|virtual|override|file|declare|local|const)\s+)*(class|interface|struct|record(?:\s+class|\s+struct)?|enum|trait|impl|protocol|object|module|def|fn|func|function|fun|sub|type)\s+(?:\([^)]*\)\s*)?\*?([\p{L}_$][\w$]*[?!]?)(?![\w$]*\s*[=+\-,;:]\s*\d)")]
    private static partial Regex KeywordDeclaration();

    [GeneratedRegex(@"^\s*(?:\[[^\]]*\]\s*)*(?:(?:public|private|protected|internal|static|sealed|abstract|partial|readonly|unsafe|final|async|virtual|override|extern|new|inline|const|constexpr|volatile|synchronized|required)\s+)*(?!(?:return|if|else|for|foreach|while|switch|new|await|throw|using|lock|do|case|yield|in|not|and|or|var|goto|delete|from|import|package|namespace|where|when|print|echo)\b)([\w$:]+(?:<[^=;{}()]*>)?[\[\]?*&,]*)\s+[*&]?([\p{L}_$~][\w$:]*)(?:<[^()=;]*>)?\s*\((?![^)]*\)\s*;\s*$)[^;]*$")]
    private static partial Regex TypedMethod();

    [GeneratedRegex(@"^\s*(?:public|private|protected|internal)\s[^=;(]*?([\p{L}_]\w*)\s*(?:=>|=|\{|;|\(|$)")]
    private static partial Regex Member();

    [GeneratedRegex(@"^\s*(?:export\s+)?(?:const|let|var)\s+([\p{L}_$][\w$]*)\s*=\s*(?:async\s*)?(?:function\b|\([^)]*\)\s*=>|[\w$]+\s*=>)|^([\p{L}_][\w-]*)\s*\(\)\s*\{")]
    private static partial Regex FunctionValue();

    /// <summary>A method of a class in JavaScript and its kin: a name, parameters, and the brace.</summary>
    [GeneratedRegex(@"^\s+(?:(?:static|async|get|set|\*)\s+)*#?([\p{L}_$][\w$]*)\s*\([^;]*\)\s*\{\s*$")]
    private static partial Regex ClassMethod();

    [GeneratedRegex(@"^(?:if|for|foreach|while|switch|catch|return|function|with|using|lock|do|else|elif|elsif|unless|until|match|when)$")]
    private static partial Regex Keyword();

    private static (string Name, bool IsType)? Declares(string line, string next)
    {
        var text = line.AsSpan().TrimStart();
        if (text.Length is < 4 or > LongestDeclaration || text[0] is '/' or '#' or '*' or '}' or '"' or '\'' or '.' or '(' or '<' or '|' or '?' or ':')
        {
            return null;
        }

        if (KeywordDeclaration().Match(line) is { Success: true } keyword)
        {
            return (keyword.Groups[2].Value, keyword.Groups[1].ValueSpan[0] is not ('d' or 'f' or 's') || keyword.Groups[1].Value == "struct");
        }

        if (text.Contains('(') && TypedMethod().Match(line) is { Success: true } method && !Keyword().IsMatch(method.Groups[2].ValueSpan))
        {
            return (method.Groups[2].Value, false);
        }

        // A name at the end of a line is a property's if its brace is on the next.
        if (Member().Match(line) is { Success: true } member && (line.AsSpan(member.Index + member.Length).Length > 0 || member.ValueSpan[^1] is '>' or '=' or '{' or ';' or '(' || next.AsSpan().TrimStart() is ['{', ..]))
        {
            return (member.Groups[1].Value, false);
        }

        if (ClassMethod().Match(line) is { Success: true } inClass && !Keyword().IsMatch(inClass.Groups[1].ValueSpan))
        {
            return (inClass.Groups[1].Value, false);
        }

        return FunctionValue().Match(line) is { Success: true } value ? (value.Groups[1].Success ? value.Groups[1].Value : value.Groups[2].Value, false) : null;
    }

    /// <summary>The first line of the comments, attributes and decorators that stand right above a declaration.</summary>
    private static int CommentsAbove(string[] lines, int declaration)
    {
        var first = declaration;
        while (first > 0 && lines[first - 1].AsSpan().Trim() is { Length: > 0 } above
               && (above[0] is '/' or '#' or '*' or '[' or '@' || above.StartsWith("--") || above.EndsWith("*/")))
        {
            first--;
        }

        return first;
    }

    private static int Indent(string line) => line.AsSpan().IndexOfAnyExcept(" \t");
}
