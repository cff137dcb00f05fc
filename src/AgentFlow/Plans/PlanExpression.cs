using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow;

/// <summary>
/// A condition: <c>$quality.score &gt;= 0.8 and not $report.is_empty</c>. Literals, references, comparisons, <c>and</c>, <c>or</c>, <c>not</c>, parentheses, and the functions
/// <c>exists</c>, <c>length</c>, <c>contains</c>, <c>lower</c>. Nothing in it has an effect or fails to end.
/// </summary>
internal sealed class PlanExpression
{
    private const int MaxLength = 1_000;
    private const int MaxDepth = 32;

    private readonly Node _root;

    private PlanExpression(Node root, IReadOnlyList<PlanReference> references)
    {
        _root = root;
        References = references;
    }

    public IReadOnlyList<PlanReference> References { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PlanExpression Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FormatException($"a condition may have at most {MaxLength} characters, and this one has {text.Length}");
        }

        var parser = new Parser(text);
        return new PlanExpression(parser.ParseAll(), parser.References);
    }

    /// <summary>Decides.</summary>
    /// <exception cref="InvalidOperationException">What is compared cannot be, or the condition is neither true nor false.</exception>
    public bool Holds(in PlanValues values) => _root.Evaluate(values) is bool holds
        ? holds
        : throw new InvalidOperationException("The condition is neither true nor false: compare its value with something.");

    private static object? ToValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.Object or JsonValueKind.Array => value,
        _ => null,
    };

    private static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (JsonElement a, JsonElement b) => JsonElement.DeepEquals(a, b),
        (null, _) or (_, null) => false,
        _ => left.Equals(right),
    };

    private static int Compare(object? left, object? right) => (left, right) switch
    {
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        _ => throw new InvalidOperationException($"The condition compares {Kind(left)} with {Kind(right)}: both have to be numbers, or both texts."),
    };

    private static bool Truth(object? value) => value as bool? ?? throw new InvalidOperationException($"The condition uses {Kind(value)} as true or false.");

    private static string Kind(object? value) => value switch
    {
        null => "null",
        bool => "true or false",
        double => "a number",
        string => "a text",
        JsonElement { ValueKind: JsonValueKind.Array } => "an array",
        _ => "an object",
    };

    private abstract record Node
    {
        public abstract object? Evaluate(in PlanValues values);
    }

    private sealed record Constant(object? Value) : Node
    {
        public override object? Evaluate(in PlanValues values) => Value;
    }

    private sealed record Reference(PlanReference Value) : Node
    {
        public override object? Evaluate(in PlanValues values) => ToValue(Value.Resolve(values, isLenient: true));
    }

    private sealed record Not(Node Operand) : Node
    {
        public override object? Evaluate(in PlanValues values) => !Truth(Operand.Evaluate(values));
    }

    private sealed record Binary(string Operator, Node Left, Node Right) : Node
    {
        public override object? Evaluate(in PlanValues values) => Operator switch
        {
            "and" => Truth(Left.Evaluate(values)) && Truth(Right.Evaluate(values)),
            "or" => Truth(Left.Evaluate(values)) || Truth(Right.Evaluate(values)),
            "==" => AreEqual(Left.Evaluate(values), Right.Evaluate(values)),
            "!=" => !AreEqual(Left.Evaluate(values), Right.Evaluate(values)),
            "<" => Compare(Left.Evaluate(values), Right.Evaluate(values)) < 0,
            "<=" => Compare(Left.Evaluate(values), Right.Evaluate(values)) <= 0,
            ">" => Compare(Left.Evaluate(values), Right.Evaluate(values)) > 0,
            _ => Compare(Left.Evaluate(values), Right.Evaluate(values)) >= 0,
        };
    }

    private sealed record Call(string Function, Node[] Arguments) : Node
    {
        public override object? Evaluate(in PlanValues values)
        {
            var first = Arguments[0].Evaluate(values);
            return Function switch
            {
                "exists" => first is not null,
                "length" => first switch
                {
                    string text => (double)text.Length,
                    JsonElement { ValueKind: JsonValueKind.Array } array => (double)array.GetArrayLength(),
                    null => 0.0,
                    _ => throw new InvalidOperationException($"The condition asks for the length of {Kind(first)}."),
                },
                "lower" => first is string text ? text.ToLowerInvariant() : throw new InvalidOperationException($"The condition asks for the lower case of {Kind(first)}."),
                _ => Contains(first, Arguments[1].Evaluate(values)),
            };
        }

        private static bool Contains(object? whole, object? part) => (whole, part) switch
        {
            (string text, string piece) => text.Contains(piece, StringComparison.Ordinal),
            (JsonElement { ValueKind: JsonValueKind.Array } array, _) => array.EnumerateArray().Any(item => AreEqual(ToValue(item), part)),
            (null, _) => false,
            _ => throw new InvalidOperationException($"The condition asks whether {Kind(whole)} contains {Kind(part)}."),
        };
    }

    /// <summary>By recursive descent, a method a level of precedence; the depth is bounded.</summary>
    private sealed class Parser(string text)
    {
        private int _at;
        private int _depth;

        public List<PlanReference> References { get; } = [];

        public Node ParseAll()
        {
            var node = Or();
            Space();
            return _at == text.Length ? node : throw Unexpected("the end");
        }

        private Node Or()
        {
            var left = And();
            while (TryTake("||") || TryTakeWord("or"))
            {
                left = new Binary("or", left, And());
            }

            return left;
        }

        private Node And()
        {
            var left = Unary();
            while (TryTake("&&") || TryTakeWord("and"))
            {
                left = new Binary("and", left, Unary());
            }

            return left;
        }

        private Node Unary()
        {
            if (++_depth > MaxDepth)
            {
                throw new FormatException($"a condition may be nested {MaxDepth} deep at most");
            }

            Space();
            var isNot = (_at < text.Length && text[_at] == '!' && string.CompareOrdinal(text, _at, "!=", 0, 2) != 0 && TryTake("!")) || TryTakeWord("not");
            var node = isNot ? new Not(Unary()) : Comparison();
            _depth--;
            return node;
        }

        private Node Comparison()
        {
            var left = Primary();
            foreach (var comparison in (ReadOnlySpan<string>)["==", "!=", "<=", ">=", "<", ">"])
            {
                if (TryTake(comparison))
                {
                    return new Binary(comparison, left, Primary());
                }
            }

            Space();
            return _at < text.Length && text[_at] == '=' ? throw new FormatException($"at {_at + 1}: write == to compare") : left;
        }

        private Node Primary()
        {
            Space();
            if (TryTake("("))
            {
                var inner = Or();
                Expect(")");
                return inner;
            }

            if (_at == text.Length)
            {
                throw Unexpected("a value");
            }

            return text[_at] switch
            {
                '$' => Named(),
                '\'' or '"' => Quoted(text[_at]),
                var c when char.IsAsciiDigit(c) || c == '-' => Number(),
                _ => Word(),
            };
        }

        private Reference Named()
        {
            var start = _at++;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-' or '.' or '$' || (text[_at] == '|' && _at + 1 < text.Length && text[_at + 1] == '$')))
            {
                _at++;
            }

            if (_at < text.Length && text[_at] == '?')
            {
                _at++;
            }

            var reference = PlanReference.Parse(text[start.._at]) ?? throw new FormatException($"at {start + 1}: '{text[start.._at]}' is no reference");
            References.Add(reference);
            return new Reference(reference);
        }

        private Constant Quoted(char quote)
        {
            var value = new StringBuilder();
            var start = _at++;
            while (_at < text.Length && text[_at] != quote)
            {
                _at += text[_at] == '\\' && _at + 1 < text.Length ? 1 : 0;
                value.Append(text[_at++]);
            }

            return _at++ < text.Length ? new Constant(value.ToString()) : throw new FormatException($"at {start + 1}: the text has no end");
        }

        private Constant Number()
        {
            var start = _at++;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '.' or '+' or '-'))
            {
                _at++;
            }

            return double.TryParse(text[start.._at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? new Constant(number)
                : throw new FormatException($"at {start + 1}: '{text[start.._at]}' is no number");
        }

        private Node Word()
        {
            var start = _at;
            while (_at < text.Length && char.IsAsciiLetter(text[_at]))
            {
                _at++;
            }

            switch (text[start.._at])
            {
                case "true":
                    return new Constant(true);
                case "false":
                    return new Constant(false);
                case "null":
                    return new Constant(null);
                case "exists" or "length" or "lower" or "contains":
                    return Function(text[start.._at]);
                case "":
                    throw Unexpected("a value");
                default:
                    throw new FormatException($"at {start + 1}: '{text[start.._at]}' is not known. Write $name for an output, 'quotes' around a text; there are the functions exists, length, contains and lower");
            }
        }

        private Call Function(string name)
        {
            Expect("(");
            var arguments = new List<Node> { Or() };
            if (name == "contains")
            {
                Expect(",");
                arguments.Add(Or());
            }

            Expect(")");
            return new Call(name, [.. arguments]);
        }

        private void Expect(string token)
        {
            if (!TryTake(token))
            {
                throw Unexpected($"'{token}'");
            }
        }

        private bool TryTake(string token)
        {
            Space();
            if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
            {
                return false;
            }

            _at += token.Length;
            return true;
        }

        private bool TryTakeWord(string word)
        {
            Space();
            return (_at + word.Length == text.Length || (_at + word.Length < text.Length && !char.IsAsciiLetterOrDigit(text[_at + word.Length]))) && TryTake(word);
        }

        private void Space()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }

        private FormatException Unexpected(string expected) => new(_at < text.Length
            ? $"at {_at + 1}: expected {expected}, found '{text[_at]}'"
            : $"expected {expected} after '{text.TrimEnd()}'");
    }
}
