using System.Runtime.InteropServices;

namespace AgentFlow.AI;

/// <summary>Rows of numbers are equal if their numbers are.</summary>
internal sealed class Rows : IEqualityComparer<int[]>
{
    public static Rows Comparer { get; } = new();

    public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(int[] obj)
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(obj.AsSpan()));
        return hash.ToHashCode();
    }

    public static int Compare(int[] x, int[] y) => x.AsSpan().SequenceCompareTo(y);
}
