using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Research.Extraction;

/// <summary>Reads the prose in source code: comments, doc comments, doc strings.</summary>
public static partial class Comments
{
    private static readonly FrozenSet<string> Hash =
        ".py .pyi .rb .sh .bash .zsh .fish .yml .yaml .toml .pl .pm .r .jl .ex .exs .tf .cmake .mk .ps1 .psm1 .nim".Split(' ').ToFrozenSet();

    private static readonly FrozenSet<string> Dashes = ".sql .lua .hs".Split(' ').ToFrozenSet();
    private static readonly FrozenSet<string> Semicolons = ".el .lisp .clj .cljs .scm".Split(' ').ToFrozenSet();

    /// <summary>Gives the sentences of a piece of code's comments.</summary>
    /// <param name="path">The file, whose ending tells the language.</param>
    /// <param name="code">The code.</param>
    /// <returns>The sentences, in order.</returns>
    public static IEnumerable<Sentence> Read(string path, string code)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        var reader = new LineReader(
            Hash.Contains(extension) || extension.Length == 0 ? "#" : Dashes.Contains(extension) ? "--" : Semicolons.Contains(extension) ? ";" : "//",
            HasDocStrings: extension is ".py" or ".pyi");
        var lines = code.Split('\n');
        var block = new List<string>();
        for (var i = 0; i <= lines.Length; i++)
        {
            if (i < lines.Length && reader.Prose(lines[i]) is { } prose)
            {
                block.Add(prose);
            }
            else if (block.Count > 0)
            {
                var text = Plain(string.Join('\n', block));
                foreach (var sentence in Sentences.Split(text, i - block.Count).Where(static s => IsProse(s.Text)))
                {
                    yield return sentence with { Block = i };
                }

                block.Clear();
            }
        }
    }

    [GeneratedRegex(@"<(param|typeparam|returns|exception|value|example|code|inheritdoc)\b[^>]*?(?:/>|>.*?(?:</\1>|\z))", RegexOptions.Singleline)]
    private static partial Regex Detail();

    [GeneratedRegex(@"<(?:see|seealso|paramref|typeparamref)\s+(?:cref|name|langword|href)=""(?:\w:)?([^""]*)""\s*(?:/>|>.*?</(?:see|seealso)>)", RegexOptions.Singleline)]
    private static partial Regex Reference();

    [GeneratedRegex(@"</?c>")]
    private static partial Regex Code();

    [GeneratedRegex(@"</?[a-z]+\d?(?:\s[^<>]*)?/?>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\{@(?:link|code|literal)\s+#?([^}]*)\}")]
    private static partial Regex JavaTag();

    [GeneratedRegex(@"^[ \t]*[@:](?:param|return|returns|throws|type|rtype|raises|see|since|author|arg)\b.*$", RegexOptions.Multiline)]
    private static partial Regex TagLine();

    // The words are those of comments in the files that are read, to-dos among them: none of it is prose.
    [GeneratedRegex(@"(?:[;{}]|=>)$|\s[+=!]?=\s.*[\[(]|^[-=*#/\s]+$|^(?:Copyright|Licensed|SPDX|TODO\b|!/|region|endregion|pylint|noqa|eslint|type:)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoProse();

    private static bool IsProse(string text) => text.Length > 2 && !NoProse().IsMatch(text);

    private static string Plain(string comment)
    {
        comment = Detail().Replace(comment, static m => new string('\n', m.ValueSpan.Count('\n')));
        comment = Reference().Replace(comment, static m => $"`{LastName(m.Groups[1].Value)}`");
        comment = JavaTag().Replace(Code().Replace(comment, "`"), "`$1`");
        comment = TagLine().Replace(Tag().Replace(comment, ""), "");
        return Markup.Remove(comment).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
    }

    private static string LastName(string reference)
    {
        var name = reference.AsSpan();
        name = name.IndexOf('(') is var arguments and > 0 ? name[..arguments] : name;
        return (reference.Contains("//", StringComparison.Ordinal) ? name : name[(name.LastIndexOf('.') + 1)..]).ToString();
    }

    /// <summary>Reads line after line, knowing whether a block comment or doc string is open.</summary>
    private sealed record LineReader(string Mark, bool HasDocStrings)
    {
        private string? _closes;

        /// <summary>Gives a line's prose, or <see langword="null"/> if the line is code.</summary>
        public string? Prose(string line)
        {
            var text = line.Trim();
            if (_closes is not null)
            {
                return Within(text);
            }

            if (text.StartsWith(Mark, StringComparison.Ordinal))
            {
                return text.StartsWith("#!", StringComparison.Ordinal) ? null : text.TrimStart(Mark[0]).TrimStart('!').Trim();
            }

            if (Mark == "//" && text.StartsWith("/*", StringComparison.Ordinal))
            {
                return Open(text[2..].TrimStart('*', '!'), "*/");
            }

            return HasDocStrings && text.TrimStart('r', 'u') is var quoted && (quoted.StartsWith("\"\"\"", StringComparison.Ordinal) || quoted.StartsWith("'''", StringComparison.Ordinal))
                ? Open(quoted[3..], quoted[..3])
                : null;
        }

        private string Open(string text, string closes)
        {
            _closes = closes;
            return Within(text.Trim());
        }

        private string Within(string text)
        {
            if (text.IndexOf(_closes!, StringComparison.Ordinal) is var end and >= 0)
            {
                text = text[..end];
                _closes = null;
            }

            return _closes == "*/" || text.StartsWith('*') ? text.TrimStart('*').Trim() : text.Trim();
        }
    }
}
