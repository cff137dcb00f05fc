namespace AgentFlow.AI;

/// <summary>Guesses what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>A model's names may be long; no more of them is compared.</summary>
    private const int MaxLength = 128;

    /// <summary>The nearest of the candidates as the tail of a message; empty if none is near.</summary>
    public static string Suggest(string name, IEnumerable<string> candidates)
    {
        var near = Find(name, candidates, most: 3);
        return near.Count == 0 ? "" : $"; did you mean {string.Join(" or ", near.Select(static n => $"'{n}'"))}?";
    }

    /// <summary>The candidates at the smallest edit distances, the nearest first, if they are near enough to be slips.</summary>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> candidates, int most)
    {
        if (name.Length > MaxLength)
        {
            return [];
        }

        var limit = Math.Max(2, name.Length / 3);
        return
        [
            .. candidates
                .Where(candidate => candidate.Length <= MaxLength && (Math.Abs(candidate.Length - name.Length) <= limit || Contains(candidate, name)))
                .Select(candidate => (Name: candidate, Distance: Contains(candidate, name) ? 0 : Distance(name, candidate)))
                .Where(pair => pair.Distance <= limit)
                .OrderBy(static pair => pair.Distance)
                .ThenBy(static pair => pair.Name, StringComparer.Ordinal)
                .Take(most)
                .Select(static pair => pair.Name),
        ];
    }

    private static bool Contains(string candidate, string name) =>
        name.Length >= 4 && (candidate.Contains(name, StringComparison.OrdinalIgnoreCase) || (candidate.Length >= 4 && name.Contains(candidate, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Insertions, deletions and replacements, ignoring case (Levenshtein 1966, two rows of the table at a time).</summary>
    private static int Distance(string left, string right)
    {
        var above = new int[right.Length + 1];
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var isSame = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (isSame ? 0 : 1));
            }

            (above, row) = (row, above);
        }

        return above[right.Length];
    }
}
