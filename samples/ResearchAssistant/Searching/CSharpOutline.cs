namespace AgentFlow.Samples.Research.Searching;

/// <summary>
/// Finds the declarations of C# by its brackets, however they are laid out: a property whose brace is on the next line, a method whose type
/// is a tuple, a list of
/// parameters over many lines. It knows no more of the grammar than that.
/// </summary>
public sealed class CSharpOutline
{
    private static readonly HashSet<string> Modifiers =
        [.. "public private protected internal static sealed abstract partial readonly ref unsafe async virtual override extern new const volatile required file event implicit explicit fixed scoped in out".Split(' ')];

    private static readonly HashSet<string> Statements =
        [.. "if else for foreach while do switch try catch finally using lock return throw await yield break continue goto var checked unchecked case default get set init add remove".Split(' ')];

    private readonly CSharpTokens _tokens;
    private readonly Stack<(Kind Kind, string Name)> _scopes = new([(Kind.Outside, "")]);
    private readonly List<(string Token, int Line)> _head = [];
    private readonly List<(int Line, string Symbol)> _found = [];

    private CSharpOutline(string text) => _tokens = new(text);

    private enum Kind
    {
        /// <summary>The file, or a namespace.</summary>
        Outside,

        Type,

        /// <summary>Where nothing is declared that is looked for.</summary>
        Body,
    }

    /// <summary>Reads a file.</summary>
    /// <param name="lines">Its lines.</param>
    /// <returns>Each declaration: the line on which it begins, below its comments and attributes, from 0; and its name behind those of the
    /// types around it.</returns>
    public static IReadOnlyList<(int Line, string Symbol)> Read(IEnumerable<string> lines)
    {
        var outline = new CSharpOutline(string.Join('\n', lines));
        outline.Read();
        return outline._found;
    }

    private void Read()
    {
        var depth = 0;
        while (_tokens.Next() is { } token)
        {
            var kind = _scopes.Peek().Kind;
            if (token == "{" && depth == 0)
            {
                _scopes.Push(kind == Kind.Body ? (Kind.Body, "") : Declare());
                _head.Clear();
            }
            else if (token == "}" && depth == 0)
            {
                if (_scopes.Count > 1)
                {
                    _scopes.Pop();
                }

                _head.Clear();
            }
            else if (kind == Kind.Body)
            {
                continue;
            }
            else if (token == "[" && _head.Count == 0)
            {
                SkipTo("]");
            }
            else if (depth == 0 && token == ";")
            {
                Declare();
                _head.Clear();
            }
            else if (depth == 0 && token is "=>" or "=" && _head is not [.., ("operator", _)])
            {
                Declare();
                _head.Clear();
                SkipTo(";");
            }
            else
            {
                depth = Math.Max(0, depth + (token switch { "(" => 1, ")" => -1, _ => 0 }));
                _head.Add((token, _tokens.Line));
            }
        }
    }

    /// <summary>Reads up to a bracket or mark that closes what is open.</summary>
    private void SkipTo(string end)
    {
        var depth = 0;
        while (_tokens.Next() is { } token && !(depth == 0 && token == end))
        {
            depth += token switch { "(" or "[" or "{" => 1, ")" or "]" or "}" => -1, _ => 0 };
        }
    }

    /// <summary>Notes what the tokens at hand declare.</summary>
    /// <returns>What a brace opens behind them.</returns>
    private (Kind Kind, string Name) Declare()
    {
        var at = _head.FindIndex(static t => !Modifiers.Contains(t.Token));
        if (at < 0 || Statements.Contains(_head[at].Token))
        {
            return (Kind.Body, "");
        }

        switch (_head[at].Token)
        {
            case "namespace" or "extension":
                return (_scopes.Peek().Kind, "");
            case "class" or "struct" or "interface" or "record" or "enum":
                var isEnum = _head[at].Token == "enum";
                at += at + 1 < _head.Count && _head[at + 1].Token is "class" or "struct" ? 2 : 1;
                return at < _head.Count ? Note(_head[at].Token, isEnum ? Kind.Body : Kind.Type) : (Kind.Body, "");
            default:
                return NameOf(at) is { } name ? Note(name, Kind.Body) : (Kind.Body, "");
        }
    }

    private (Kind Kind, string Name) Note(string name, Kind kind)
    {
        _found.Add((_head[0].Line, string.Join('.', _scopes.Reverse().Where(static s => s.Name.Length > 0).Select(static s => s.Name).Append(name))));
        return (kind, name);
    }

    /// <summary>The name of a member: what stands before its parameters, or last.</summary>
    private string? NameOf(int from)
    {
        if (_head.FindIndex(static t => t.Token == "operator") is var sign and >= 0 && sign + 1 < _head.Count)
        {
            return $"operator {_head[sign + 1].Token}";
        }

        for (var i = from; i < _head.Count; i++)
        {
            if (_head[i].Token == "this" && i + 1 < _head.Count && _head[i + 1].Token == "[")
            {
                return "this[]";
            }

            if (_head[i].Token != "(")
            {
                continue;
            }

            var name = BeforeTypeArguments(i - 1);
            if (name >= 0 && IsName(_head[name].Token))
            {
                var isCall = _scopes.Peek().Kind == Kind.Outside && (name == 0 || _head[name - 1].Token == ".");
                return isCall ? null : _head[name].Token;
            }

            i = Closing(i);
        }

        var last = _head.FindLastIndex(static t => IsName(t.Token));
        return last < from || (_scopes.Peek().Kind == Kind.Outside && last == from) ? null : _head[last].Token;
    }

    private int BeforeTypeArguments(int at)
    {
        var depth = 0;
        while (at >= 0 && (_head[at].Token == ">" || depth > 0))
        {
            depth += _head[at].Token switch { ">" => 1, "<" => -1, _ => 0 };
            at--;
        }

        return at;
    }

    private int Closing(int at)
    {
        for (var depth = 0; at < _head.Count; at++)
        {
            depth += _head[at].Token switch { "(" => 1, ")" => -1, _ => 0 };
            if (depth == 0)
            {
                break;
            }
        }

        return at;
    }

    private static bool IsName(string token) => (char.IsLetter(token[0]) || token[0] == '_') && !Modifiers.Contains(token);
}
