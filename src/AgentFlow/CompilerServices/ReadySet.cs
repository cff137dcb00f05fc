using System.Numerics;

namespace AgentFlow.CompilerServices;

/// <summary>Actions that may start, a bit each by rank, in memory of the caller's: the lowest bit starts first.</summary>
/// <param name="words">Room for every action, zeroed.</param>
internal ref struct ReadySet(Span<ulong> words)
{
    private readonly Span<ulong> _words = words;

    /// <summary>No word before this one has a bit.</summary>
    private int _first = words.Length;

    public readonly bool IsEmpty => _first == _words.Length;

    public void Add(int rank)
    {
        _words[rank >> 6] |= 1UL << rank;
        _first = Math.Min(_first, rank >> 6);
    }

    public void Remove(int rank)
    {
        _words[rank >> 6] &= ~(1UL << rank);
        SkipEmptyWords();
    }

    /// <summary>Takes the lowest bit of a set that is not empty.</summary>
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
