using System.Numerics;

namespace AgentFlow.CompilerServices;

/// <summary>The set for agents of up to 64 actions: a bit each, in a register.</summary>
/// <param name="bits">What is ready from the beginning.</param>
internal struct ReadyWord(ulong bits) : IReadySet
{
    private ulong _bits = bits;

    public readonly bool IsEmpty => _bits == 0;

    public void Add(int rank) => _bits |= 1UL << rank;

    public int Take()
    {
        var rank = BitOperations.TrailingZeroCount(_bits);
        _bits &= _bits - 1;
        return rank;
    }
}
