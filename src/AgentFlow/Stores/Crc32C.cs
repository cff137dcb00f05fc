using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace AgentFlow;

/// <summary>The cyclic redundancy check of Castagnoli's polynomial, which processors compute themselves.</summary>
/// <remarks>Castagnoli, Bräuer, Herrmann: "Optimization of Cyclic Redundancy-Check Codes with 24 and 32 Parity Bits", 1993.</remarks>
internal static class Crc32C
{
    /// <summary>The checksum of bytes, going on from that of the bytes before them.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        var crc = ~before;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
