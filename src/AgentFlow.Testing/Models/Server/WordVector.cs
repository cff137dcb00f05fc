using System.Numerics;

namespace AgentFlow.Testing;

/// <summary>Texts as vectors by the hashing trick (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009): each word adds to one of 64 dimensions.</summary>
internal static class WordVector
{
    private const int Dimensions = 64;

    public static ReadOnlyMemory<float> Of(string text)
    {
        var vector = new float[Dimensions];
        foreach (var word in Words(text))
        {
            vector[Hash(word) % Dimensions]++;
        }

        var length = MathF.Sqrt(vector.Sum(static x => x * x));
        for (var i = 0; length > 0 && i < Dimensions; i++)
        {
            vector[i] /= length;
        }

        return vector;
    }

    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                yield return text[start..i].ToUpperInvariant();
                start = -1;
            }
        }
    }

    /// <summary>FNV-1a: the same in every process, as the hash codes of strings are not.</summary>
    private static uint Hash(string word)
    {
        var hash = 2166136261u;
        foreach (var c in word)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return BitOperations.RotateLeft(hash, 16) ^ hash;
    }
}
