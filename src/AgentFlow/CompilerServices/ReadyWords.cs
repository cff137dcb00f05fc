using System.Numerics;

namespace AgentFlow.CompilerServices;

/// <summary>The set for agents of any size, in memory of the caller's.</summary>
internal ref struct ReadyWords : IReadySet
{
    private readonly Span<ulong> _words;

    /// <summary>No word before this one has a bit.</summary>
    private int _first;

    /// <summary>Creates the set.</summary>
    /// <param name="words">Room for a bit for every action, zeroed.</param>
    /// <param name="bits">What is ready from the beginning; empty: nothing.</param>
    public ReadyWords(Span<ulong> words, ReadOnlySpan<ulong> bits)
    {
        _words = words;
        _first = words.Length;
        if (!bits.IsEmpty)
        {
            bits.CopyTo(words);
            _first = 0;
            SkipEmptyWords();
        }
    }

    public readonly bool IsEmpty => _first == _words.Length;

    public void Add(int rank)
    {
        _words[rank >> 6] |= 1UL << rank;
        _first = Math.Min(_first, rank >> 6);
    }

    public int Take()
    {
        var rank = (_first << 6) + BitOperations.TrailingZeroCount(_words[_first]);
        _words[_first] &= _words[_first] - 1;
        SkipEmptyWords();
        return rank;
    }

    private void SkipEmptyWords()
    {
        while (_first < _words.Length && _words[_first] == 0)
        {
            _first++;
        }
    }
}
