using System.Globalization;
using System.Text;

namespace AgentFlow.Schemas;

/// <summary>
/// Translates a regular expression of ECMA-262 in its Unicode mode, which is what JSON Schema means, into one that .NET matches alike and without backtracking: <c>$</c> is the very end,
/// <c>\d</c> a digit of ASCII, a dot or a complement one code point. What has no such translation (look-arounds, back references, word boundaries, properties of Unicode) is refused.
/// </summary>
internal sealed class EcmaPattern
{
    private const string Astral = @"[\ud800-\udbff][\udc00-\udfff]";
    private const string Digits = "0-9";
    private const string NoDigits = @"\u0000-\/:-\ud7ff\ue000-\uffff";
    private const string Word = "0-9A-Za-z_";
    private const string NoWord = @"\u0000-\/:-@\[-\^`\{-\ud7ff\ue000-\uffff";
    private const string Space = @"\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    private const string NoSpace = @"\u0000-\u0008\u000e-\u001f\u0021-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ud7ff\ue000-\ufefe\uff00-\uffff";

    private const int MaxCount = 1_000;
    private const int MaxGroups = 50;

    private readonly string _text;
    private readonly StringBuilder _out = new();

    // The sizes of the groups that are open, each up to where a group within it begins.
    private readonly Stack<long> _open = new();
    private long _size;
    private long _lastSize;
    private int _at;

    private EcmaPattern(string text) => _text = text;

    /// <summary>Translates a pattern.</summary>
    /// <returns>The pattern of .NET and how many parts it has where what is counted is written out; <see langword="null"/> if there is none.</returns>
    public static (string Pattern, int Size)? Translate(string text)
    {
        var translation = new EcmaPattern(text);
        return translation.Translate() ? (translation._out.ToString(), (int)Math.Min(translation._size, int.MaxValue)) : null;
    }

    private bool Translate()
    {
        while (_at < _text.Length)
        {
            if (!Next())
            {
                return false;
            }
        }

        return _open.Count == 0;
    }

    private bool Next()
    {
        var c = _text[_at++];
        switch (c)
        {
            case '\\':
                return Escape();
            case '[':
                return Class();
            case '(':
                return Open();
            case ')':
                return Close();
            case '{':
                return Count();
            case '.':
                return Atom($@"(?:[^\n\r\u2028\u2029\ud800-\udfff]|{Astral})");
            case '$':
                _out.Append(@"\z");
                return true;
            case '^' or '|' or '*' or '?' or '+':
                _out.Append(c);
                return true;
            case ']' or '}':
                return false;
        }

        if (char.IsHighSurrogate(c) && _at < _text.Length && char.IsLowSurrogate(_text[_at]))
        {
            return Atom($"(?:{c}{_text[_at++]})");
        }

        return !char.IsSurrogate(c) && Atom(c.ToString());
    }

    private bool Atom(string translated, long size = 1)
    {
        _out.Append(translated);
        _size += size;
        _lastSize = size;
        return true;
    }

    private bool Open()
    {
        if (string.CompareOrdinal(_text, _at, "?:", 0, 2) == 0)
        {
            _at += 2;
        }
        else if (string.CompareOrdinal(_text, _at, "?<", 0, 2) == 0 && _at + 2 < _text.Length && (char.IsAsciiLetter(_text[_at + 2]) || _text[_at + 2] is '_' or '$'))
        {
            // A name is of use only to what refers to it, which is refused.
            _at = _text.IndexOf('>', _at) + 1;
            if (_at == 0)
            {
                return false;
            }
        }
        else if (_at < _text.Length && _text[_at] == '?')
        {
            return false;
        }

        _open.Push(_size);
        _size = 0;
        _out.Append("(?:");
        return _open.Count <= MaxGroups;
    }

    private bool Close()
    {
        if (_open.Count == 0)
        {
            return false;
        }

        _lastSize = Math.Max(1, _size);
        _size = _open.Pop() + _lastSize;
        _out.Append(')');
        return true;
    }

    private bool Count()
    {
        var end = _text.IndexOf('}', _at);
        var parts = end < 0 ? [] : _text[_at..end].Split(',');
        if (parts.Length is 0 or > 2 || !TryCount(parts[0], out var least))
        {
            return false;
        }

        var most = least;
        if (parts.Length == 2 && parts[1].Length > 0 && !TryCount(parts[1], out most))
        {
            return false;
        }

        _out.Append('{').Append(_text, _at, end - _at).Append('}');
        _at = end + 1;
        _size += _lastSize * Math.Max(Math.Max(least, most), 1);
        _lastSize *= Math.Max(Math.Max(least, most), 1);
        return _size < int.MaxValue;
    }

    private static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= MaxCount;

    private bool Escape()
    {
        if (_at == _text.Length)
        {
            return false;
        }

        if (Set() is { } set)
        {
            return Atom(set.IsAstral ? $"(?:[{set.Ranges}]|{Astral})" : $"[{set.Ranges}]");
        }

        if (_text[_at] is 'b' or 'B' || Character() is not { } code)
        {
            return false;
        }

        return Atom(code > char.MaxValue ? $"(?:{char.ConvertFromUtf32(code)})" : Written(code));
    }

    /// <summary>The escape of a set, if one comes next.</summary>
    private (string Ranges, bool IsAstral)? Set()
    {
        (string, bool)? set = _text[_at] switch
        {
            'd' => (Digits, false),
            'D' => (NoDigits, true),
            'w' => (Word, false),
            'W' => (NoWord, true),
            's' => (Space, false),
            'S' => (NoSpace, true),
            _ => null,
        };
        _at += set is null ? 0 : 1;
        return set;
    }

    /// <summary>The code point of the escape of one character; null if it is none.</summary>
    private int? Character()
    {
        var c = _text[_at++];
        switch (c)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'v':
                return '\v';
            case 'f':
                return '\f';
            case 'r':
                return '\r';
            case '0':
                return _at < _text.Length && char.IsAsciiDigit(_text[_at]) ? null : 0;
            case 'c':
                return _at < _text.Length && char.IsAsciiLetter(_text[_at]) ? _text[_at++] & 31 : null;
            case 'x':
                return Hex(2);
            case 'u' when _at < _text.Length && _text[_at] == '{':
                var end = _text.IndexOf('}', _at);
                var length = end - _at - 1;
                _at++;
                var code = length is >= 1 and <= 6 ? Hex(length) : null;
                _at++;
                return code is <= 0x10ffff and not (>= 0xd800 and <= 0xdfff) ? code : null;
            case 'u':
                return Hex(4) is { } one and not (>= 0xd800 and <= 0xdfff) ? one : null;
        }

        // A letter or a digit is an escape that is not known, or one that is refused.
        return char.IsAsciiLetterOrDigit(c) || char.IsSurrogate(c) ? null : c;
    }

    private int? Hex(int length)
    {
        if (_at + length > _text.Length || !int.TryParse(_text.AsSpan(_at, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return null;
        }

        _at += length;
        return code;
    }

    private bool Class()
    {
        var ranges = new StringBuilder();
        var isNegated = _at < _text.Length && _text[_at] == '^';
        _at += isNegated ? 1 : 0;
        var isAstral = false;
        while (_at < _text.Length && _text[_at] != ']')
        {
            var isEscaped = _text[_at] == '\\';
            _at += isEscaped ? 1 : 0;
            if (_at < _text.Length && isEscaped && Set() is { } set)
            {
                ranges.Append(set.Ranges);
                isAstral |= set.IsAstral;
            }
            else if (!Range(ranges, isEscaped))
            {
                return false;
            }
        }

        if (_at++ >= _text.Length || ranges.Length == 0)
        {
            return false;
        }

        return Atom((isNegated, isAstral) switch
        {
            (true, true) => $@"[^{ranges}\ud800-\udfff]",
            (true, false) => $@"(?:[^{ranges}\ud800-\udfff]|{Astral})",
            (false, true) => $"(?:[{ranges}]|{Astral})",
            _ => $"[{ranges}]",
        });
    }

    /// <summary>A character, or two with a dash between. The backslash before the first, if there is one, has been read.</summary>
    private bool Range(StringBuilder ranges, bool isFirstEscaped)
    {
        if (ClassCharacter(isFirstEscaped) is not { } from)
        {
            return false;
        }

        var to = from;
        if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
        {
            _at++;
            var isEscaped = _text[_at] == '\\';
            _at += isEscaped ? 1 : 0;
            if (_at == _text.Length || (isEscaped && _text[_at] is 'd' or 'D' or 'w' or 'W' or 's' or 'S') || ClassCharacter(isEscaped) is not { } end || end < from)
            {
                return false;
            }

            to = end;
        }

        if (from < 0xd800 && to > 0xdfff)
        {
            ranges.Append(Written(from)).Append(@"-\ud7ff\ue000-").Append(Written(to));
        }
        else
        {
            ranges.Append(Written(from)).Append('-').Append(Written(to));
        }

        return true;
    }

    private int? ClassCharacter(bool isEscaped)
    {
        if (_at == _text.Length)
        {
            return null;
        }

        if (isEscaped && _text[_at] == 'b')
        {
            _at++;
            return '\b';
        }

        int? code = isEscaped ? Character() : char.IsSurrogate(_text[_at]) ? null : _text[_at++];
        return code > char.MaxValue ? null : code;
    }

    private static string Written(int code) => string.Create(CultureInfo.InvariantCulture, $"\\u{code:x4}");
}
