namespace AgentFlow.Samples.Research.Searching;

/// <summary>
/// Reads the tokens of C# that tell where declarations are: names, and what stands between them. Comments, strings and directives are
/// passed over.
/// </summary>
/// <param name="text">The source.</param>
internal sealed class CSharpTokens(string text)
{
    private int _at;
    private int _line;

    /// <summary>Stands for a string or a character.</summary>
    public const string Literal = "\"";

    /// <summary>The line of the token that was read last: from 0.</summary>
    public int Line { get; private set; }

    /// <summary>Reads a token: a name or number, <c>=&gt;</c>, <see cref="Literal"/>, or one character.</summary>
    /// <returns>The token; <see langword="null"/> at the end.</returns>
    public string? Next()
    {
        while (_at < text.Length)
        {
            var c = text[_at];
            Line = _line;
            if (char.IsWhiteSpace(c))
            {
                Step();
            }
            else if (Starts("//") || (c == '#' && IsFirstInLine()))
            {
                SkipTo("\n");
            }
            else if (Starts("/*"))
            {
                SkipTo("*/");
            }
            else if (IsString())
            {
                SkipString();
                return Literal;
            }
            else if (c == '\'')
            {
                SkipCharacter();
                return Literal;
            }
            else
            {
                return Word(c);
            }
        }

        return null;
    }

    private string Word(char c)
    {
        var start = _at;
        if (char.IsLetterOrDigit(c) || c is '_' or '@')
        {
            do
            {
                _at++;
            }
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] == '_'));
            return text[start.._at].TrimStart('@');
        }

        _at += Starts("=>") || Starts("==") || Starts("!=") || Starts("<=") || Starts(">=") ? 2 : 1;
        return text[start.._at];
    }

    private bool Starts(string mark) => text.AsSpan(_at).StartsWith(mark, StringComparison.Ordinal);

    private bool IsFirstInLine() => text.AsSpan(0, _at).TrimEnd(" \t") is [] or [.., '\n'];

    private bool IsString()
    {
        var marks = _at;
        while (marks < text.Length && text[marks] is '$' or '@')
        {
            marks++;
        }

        return marks < text.Length && text[marks] == '"';
    }

    private void Step()
    {
        _line += text[_at] == '\n' ? 1 : 0;
        _at++;
    }

    private void SkipTo(string mark)
    {
        while (_at < text.Length && !Starts(mark))
        {
            Step();
        }

        for (var i = 0; i < mark.Length && _at < text.Length; i++)
        {
            Step();
        }
    }

    private void SkipCharacter()
    {
        for (Step(); _at < text.Length && text[_at] is not ('\'' or '\n'); Step())
        {
            _at += text[_at] == '\\' ? 1 : 0;
        }

        _at = Math.Min(text.Length, _at + 1);
    }

    private void SkipString()
    {
        var (holes, isVerbatim) = (0, false);
        for (; text[_at] != '"'; _at++)
        {
            holes += text[_at] == '$' ? 1 : 0;
            isVerbatim |= text[_at] == '@';
        }

        var quotes = 0;
        while (_at + quotes < text.Length && text[_at + quotes] == '"')
        {
            quotes++;
        }

        if (quotes >= 3)
        {
            _at += quotes;
            SkipTo(new string('"', quotes));
            return;
        }

        for (_at++; _at < text.Length; Step())
        {
            if (text[_at] == '"' && !(isVerbatim && Starts("\"\"")))
            {
                _at++;
                return;
            }

            if (text[_at] == '\n' && !isVerbatim)
            {
                return;
            }

            if (text[_at] == '"' || (text[_at] == '\\' && !isVerbatim) || (holes > 0 && (Starts("{{") || Starts("}}"))))
            {
                _at++;
            }
            else if (holes > 0 && text[_at] == '{')
            {
                SkipHole();
            }

            if (_at >= text.Length)
            {
                return;
            }
        }
    }

    /// <summary>Reads what an interpolated string computes, up to its closing brace.</summary>
    private void SkipHole()
    {
        _at++;
        for (var depth = 1; depth > 0 && Next() is { } token;)
        {
            depth += token switch { "{" => 1, "}" => -1, _ => 0 };
        }

        _at--;
    }
}
