using System.Numerics;
using System.Runtime.InteropServices;

namespace AgentFlow.AI.Retrieval;

/// <summary>Vectors of length one: the cosine of the angle between two is their product.</summary>
internal static class UnitVector
{
    /// <summary>A vector's direction. One that has none, or is not made of numbers, is zero, and alike to nothing.</summary>
    public static float[] Of(ReadOnlySpan<float> vector)
    {
        var square = Product(vector, vector);
        var unit = new float[vector.Length];
        if (square > 0 && double.IsFinite(square))
        {
            var length = Math.Sqrt(square);
            for (var i = 0; i < unit.Length; i++)
            {
                unit[i] = (float)(vector[i] / length);
            }
        }

        return unit;
    }

    /// <summary>The cosine of the angle between two; rounding does not keep equal ones apart.</summary>
    /// <exception cref="InvalidOperationException">They are of different lengths.</exception>
    public static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right) => left.Length == right.Length
        ? Math.Round(Product(left, right), 6)
        : throw new InvalidOperationException($"The generator of embeddings made vectors of {left.Length} and of {right.Length} dimensions.");

    /// <summary>Summed in double precision, as many at once as the machine can.</summary>
    private static double Product(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var lefts = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < lefts.Length; i++)
        {
            Vector.Widen(lefts[i], out var leftLow, out var leftHigh);
            Vector.Widen(rights[i], out var rightLow, out var rightHigh);
            sums += (leftLow * rightLow) + (leftHigh * rightHigh);
        }

        var sum = Vector.Sum(sums);
        for (var i = lefts.Length * Vector<float>.Count; i < left.Length; i++)
        {
            sum += (double)left[i] * right[i];
        }

        return sum;
    }
}
