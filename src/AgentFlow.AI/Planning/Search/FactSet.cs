namespace AgentFlow.AI;

/// <summary>A set of facts, by their numbers, as bits. Immutable once shared; equal if its members are.</summary>
internal sealed class FactSet : IEquatable<FactSet>
{
    private readonly ulong[] _bits;

    private FactSet(ulong[] bits) => _bits = bits;

    public static FactSet Of(int size, IEnumerable<int> members)
    {
        var bits = new ulong[(size + 63) / 64];
        foreach (var member in members)
        {
            bits[member >> 6] |= 1UL << member;
        }

        return new(bits);
    }

    public IEnumerable<int> Members
    {
        get
        {
            for (var word = 0; word < _bits.Length; word++)
            {
                for (var rest = _bits[word]; rest != 0; rest &= rest - 1)
                {
                    yield return (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(rest);
                }
            }
        }
    }

    public bool Contains(int member) => (_bits[member >> 6] & (1UL << member)) != 0;

    public bool ContainsAll(FactSet other)
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            if ((other._bits[i] & ~_bits[i]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    public bool IsSubsetOf(FactSet other) => other.ContainsAll(this);

    public bool Overlaps(FactSet other)
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            if ((other._bits[i] & _bits[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>This without some, and then with others.</summary>
    public FactSet With(FactSet without, FactSet with)
    {
        var bits = new ulong[_bits.Length];
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = (_bits[i] & ~without._bits[i]) | with._bits[i];
        }

        return new(bits);
    }

    /// <summary>This with others.</summary>
    public FactSet With(FactSet others) => With(others, others);

    /// <summary>This without others.</summary>
    public FactSet Without(FactSet others)
    {
        var bits = new ulong[_bits.Length];
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = _bits[i] & ~others._bits[i];
        }

        return new(bits);
    }

    /// <summary>How many of this are not in another.</summary>
    public int CountMissing(FactSet other)
    {
        var count = 0;
        for (var i = 0; i < _bits.Length; i++)
        {
            count += System.Numerics.BitOperations.PopCount(_bits[i] & ~other._bits[i]);
        }

        return count;
    }

    public bool Equals(FactSet? other) => other is not null && _bits.AsSpan().SequenceEqual(other._bits);

    public override bool Equals(object? obj) => Equals(obj as FactSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var word in _bits)
        {
            hash.Add(word);
        }

        return hash.ToHashCode();
    }
}
