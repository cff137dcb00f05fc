namespace AgentFlow.AI.Tests.Planning;

/// <summary>Blocks on a table that holds any number: one is moved at a time, if nothing is on it (Winograd; the moves are those of Sussman's analysis).</summary>
internal static class BlocksWorld
{
    public static PlanningDomain Domain { get; } = new(
    [
        new PlanningOperator("move", "?b: block, ?from: block, ?to: block")
        {
            Preconditions = ["clear(?b)", "clear(?to)", "on(?b, ?from)", "?b != ?to", "?from != ?to"],
            Adds = ["on(?b, ?to)", "clear(?from)"],
            Deletes = ["on(?b, ?from)", "clear(?to)"],
        },
        new PlanningOperator("stack", "?b: block, ?to: block")
        {
            Preconditions = ["clear(?b)", "clear(?to)", "table(?b)", "?b != ?to"],
            Adds = ["on(?b, ?to)"],
            Deletes = ["table(?b)", "clear(?to)"],
        },
        new PlanningOperator("unstack", "?b: block, ?from: block")
        {
            Preconditions = ["clear(?b)", "on(?b, ?from)"],
            Adds = ["table(?b)", "clear(?from)"],
            Deletes = ["on(?b, ?from)"],
        },
    ]);

    /// <summary>A problem; each tower is a word, its top first.</summary>
    public static PlanningProblem Problem(string[] from, string[] to) => new(Domain, from.SelectMany(static tower => tower).ToDictionary(static b => $"{b}", static _ => "block"))
    {
        Initial = [.. Facts(from)],
        Goals = [.. Facts(to).Where(static fact => !fact.StartsWith("clear", StringComparison.Ordinal))],
    };

    /// <summary>How many moves it takes at least, by breadth-first search over towers: nothing of it is the library's.</summary>
    public static int ShortestByBruteForce(string[] from, string[] to)
    {
        var goal = Key(to);
        var seen = new HashSet<string> { Key(from) };
        var queue = new Queue<(string[] Towers, int Moves)>([(from, 0)]);
        while (queue.TryDequeue(out var next))
        {
            if (Key(next.Towers) == goal)
            {
                return next.Moves;
            }

            foreach (var towers in Moves(next.Towers).Where(towers => seen.Add(Key(towers))))
            {
                queue.Enqueue((towers, next.Moves + 1));
            }
        }

        return -1;
    }

    public static string[] Random(Random random, int blocks)
    {
        var towers = new List<string>();
        foreach (var block in Enumerable.Range(0, blocks).Select(static i => (char)('a' + i)).OrderBy(_ => random.Next()))
        {
            var at = random.Next(towers.Count + 1);
            if (at == towers.Count)
            {
                towers.Add($"{block}");
            }
            else
            {
                towers[at] = block + towers[at];
            }
        }

        return [.. towers];
    }

    private static IEnumerable<string> Facts(string[] towers)
    {
        foreach (var tower in towers)
        {
            yield return $"clear({tower[0]})";
            for (var i = 0; i < tower.Length; i++)
            {
                yield return i + 1 < tower.Length ? $"on({tower[i]}, {tower[i + 1]})" : $"table({tower[i]})";
            }
        }
    }

    private static IEnumerable<string[]> Moves(string[] towers)
    {
        for (var i = 0; i < towers.Length; i++)
        {
            var without = towers.Select((tower, at) => at == i ? tower[1..] : tower).ToArray();
            yield return [.. without.Where(static tower => tower.Length > 0), $"{towers[i][0]}"];
            for (var j = 0; j < towers.Length; j++)
            {
                if (j != i)
                {
                    yield return [.. without.Select((tower, at) => at == j ? towers[i][0] + tower : tower).Where(static tower => tower.Length > 0)];
                }
            }
        }
    }

    private static string Key(string[] towers) => string.Join(' ', towers.Order(StringComparer.Ordinal));
}
