using System.Globalization;

namespace AgentFlow.AI;

/// <summary>
/// Evaluates arithmetic, and nothing else: a parser by precedence (V. R. Pratt, "Top Down Operator Precedence", 1973) over <c>+ - * / % ^</c>, parentheses, functions and
/// constants. <c>^</c> binds to the right and tighter than a sign: <c>-2^2</c> is -4. Numbers are doubles.
/// </summary>
internal ref struct Expression
{
    public const int MaxLength = 1000;

    /// <summary>How deep parentheses, signs and powers may be nested.</summary>
    public const int MaxDepth = 64;

    private const int Sum = 1;
    private const int Product = 2;
    private const int Sign = 3;
    private const int Power = 4;

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private int _depth;

    private Expression(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Evaluates an expression.</summary>
    /// <exception cref="ExpressionException">It cannot be read, or its value is no number.</exception>
    public static double Evaluate(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new ExpressionException($"An expression has at most {MaxLength} characters; this has {text.Length}", MaxLength + 1);
        }

        var expression = new Expression(text);
        var value = expression.Parse(0);
        expression.SkipSpace();
        if (expression._at < text.Length)
        {
            throw expression.Unexpected("an operator or the end");
        }

        return double.IsFinite(value) ? value : throw new ExpressionException($"The value is no finite number ({value.ToString(CultureInfo.InvariantCulture)})", 1);
    }

    private double Parse(int tightness)
    {
        if (++_depth > MaxDepth)
        {
            throw new ExpressionException($"Nested deeper than {MaxDepth}", _at + 1);
        }

        var value = ParseOperand();
        while (true)
        {
            SkipSpace();
            var symbol = _at < _text.Length ? _text[_at] : '\0';
            var binds = symbol switch
            {
                '+' or '-' => Sum,
                '*' or '/' or '%' => Product,
                '^' => Power,
                _ => 0,
            };
            if (binds == 0 || binds <= tightness)
            {
                break;
            }

            var at = _at++;

            // To the right: a power's exponent may be a power, or signed.
            var right = Parse(symbol == '^' ? Sign - 1 : binds);
            value = Apply(symbol, value, right, at + 1);
        }

        _depth--;
        return value;
    }

    private static double Apply(char symbol, double left, double right, int position) => symbol switch
    {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' or '%' when right == 0 => throw new ExpressionException("Division by zero", position),
        '/' => left / right,
        '%' => left % right,
        _ => Number(Math.Pow(left, right), position),
    };

    private double ParseOperand()
    {
        SkipSpace();
        if (_at == _text.Length)
        {
            throw Unexpected("a number, a name or '('");
        }

        var first = _text[_at];
        switch (first)
        {
            case '-':
                _at++;
                return -Parse(Sign);
            case '+':
                _at++;
                return Parse(Sign);
            case '(':
                _at++;
                var value = Parse(0);
                Expect(')');
                return value;
        }

        return char.IsAsciiDigit(first) || first == '.' ? ParseNumber()
            : char.IsAsciiLetter(first) ? ParseName()
            : throw Unexpected("a number, a name or '('");
    }

    private double ParseNumber()
    {
        var start = _at;
        SkipDigits();
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            SkipDigits();
        }

        // An exponent, and not the constant e.
        var exponent = _at + 1;
        if (exponent < _text.Length && _text[_at] is 'e' or 'E')
        {
            exponent += _text[exponent] is '+' or '-' ? 1 : 0;
            if (exponent < _text.Length && char.IsAsciiDigit(_text[exponent]))
            {
                _at = exponent;
                SkipDigits();
            }
        }

        return double.TryParse(_text[start.._at], NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ExpressionException($"'{_text[start.._at]}' is no number", start + 1);
    }

    private double ParseName()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiLetterOrDigit(_text[_at]))
        {
            _at++;
        }

        var name = _text[start.._at].ToString().ToLowerInvariant();
        SkipSpace();
        if (_at == _text.Length || _text[_at] != '(')
        {
            return name switch
            {
                "pi" => Math.PI,
                "e" => Math.E,
                "tau" => Math.Tau,
                _ => throw new ExpressionException($"There is no constant '{name}'; there are pi, e and tau", start + 1),
            };
        }

        _at++;
        var arguments = new List<double> { Parse(0) };
        for (SkipSpace(); _at < _text.Length && _text[_at] == ','; SkipSpace())
        {
            _at++;
            arguments.Add(Parse(0));
        }

        Expect(')');
        return Number(Call(name, arguments, start + 1), start + 1);
    }

    private static double Call(string name, List<double> arguments, int position) => (name, arguments) switch
    {
        ("abs", [var x]) => Math.Abs(x),
        ("sqrt", [var x]) => Math.Sqrt(x),
        ("cbrt", [var x]) => Math.Cbrt(x),
        ("exp", [var x]) => Math.Exp(x),
        ("ln", [var x]) => Math.Log(x),
        ("log", [var x]) => Math.Log10(x),
        ("log", [var x, var b]) => Math.Log(x, b),
        ("log2", [var x]) => Math.Log2(x),
        ("sin", [var x]) => Math.Sin(x),
        ("cos", [var x]) => Math.Cos(x),
        ("tan", [var x]) => Math.Tan(x),
        ("asin", [var x]) => Math.Asin(x),
        ("acos", [var x]) => Math.Acos(x),
        ("atan", [var x]) => Math.Atan(x),
        ("atan2", [var y, var x]) => Math.Atan2(y, x),
        ("floor", [var x]) => Math.Floor(x),
        ("ceil", [var x]) => Math.Ceiling(x),
        ("trunc", [var x]) => Math.Truncate(x),
        ("round", [var x]) => Math.Round(x, MidpointRounding.AwayFromZero),
        ("round", [var x, var digits and >= 0 and <= 15]) => Math.Round(x, (int)digits, MidpointRounding.AwayFromZero),
        ("sign", [var x]) => Math.Sign(x),
        ("min", [_, ..]) => arguments.Min(),
        ("max", [_, ..]) => arguments.Max(),
        _ => throw new ExpressionException(
            $"There is no function '{name}' of {arguments.Count} argument(s); there are abs, sqrt, cbrt, exp, ln, log(x), log(x, base), log2, sin, cos, tan, asin, acos, atan, atan2(y, x), floor, ceil, trunc, round(x), round(x, digits), sign, min and max",
            position),
    };

    /// <summary>The root of a negative number and its like have no value; an overflow is found at the end.</summary>
    private static double Number(double value, int position) =>
        double.IsNaN(value) ? throw new ExpressionException("This has no real value", position) : value;

    private void Expect(char symbol)
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != symbol)
        {
            throw Unexpected($"'{symbol}'");
        }

        _at++;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private void SkipDigits()
    {
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }
    }

    private readonly ExpressionException Unexpected(string expected) =>
        new(_at < _text.Length ? $"Expected {expected}, found '{_text[_at]}'" : $"Expected {expected}, and the expression ends", _at + 1);
}
