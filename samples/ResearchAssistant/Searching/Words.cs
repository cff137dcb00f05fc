namespace AgentFlow.Samples.Research.Searching;

/// <summary>
/// Walks the words of a text without allocating. An identifier gives its parts and then itself: <c>readAllLines</c> gives
/// <c>read</c>, <c>All</c>, <c>Lines</c> and <c>readAllLines</c>, so that a question finds it by either.
/// </summary>
public ref struct Words(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _runStart;
    private int _runEnd;
    private int _at;
    private int _parts;

    /// <summary>The word at hand, as written.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Whether <see cref="Current"/> is an identifier whose parts came before it.</summary>
    public bool IsCompound { get; private set; }

    public readonly Words GetEnumerator() => this;

    public bool MoveNext()
    {
        while (true)
        {
            if (_at < _runEnd)
            {
                var end = PartEnd(_at);
                var part = _text[_at..end];
                _at = end;
                part = part.Trim('_');
                if (part.Length > 1)
                {
                    _parts++;
                    Current = part;
                    IsCompound = false;
                    return true;
                }

                continue;
            }

            if (_parts > 1)
            {
                _parts = 0;
                Current = _text[_runStart.._runEnd].Trim('_');
                IsCompound = true;
                return true;
            }

            if (!NextRun())
            {
                return false;
            }
        }
    }

    private bool NextRun()
    {
        var at = _runEnd;
        while (at < _text.Length && !IsWord(_text[at]))
        {
            at++;
        }

        _runStart = _at = at;
        while (at < _text.Length && IsWord(_text[at]))
        {
            at++;
        }

        _runEnd = at;
        _parts = 0;
        return _runStart < _runEnd;
    }

    private readonly int PartEnd(int start)
    {
        for (var i = start + 1; i < _runEnd; i++)
        {
            var (before, here) = (_text[i - 1], _text[i]);
            if (here == '_' || before == '_'
                || (char.IsUpper(here) && (!char.IsUpper(before) || (i + 1 < _runEnd && char.IsLower(_text[i + 1])))))
            {
                return i;
            }
        }

        return _runEnd;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
