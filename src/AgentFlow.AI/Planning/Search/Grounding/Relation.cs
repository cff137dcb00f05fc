using System.Runtime.InteropServices;

namespace AgentFlow.AI;

/// <summary>
/// The known facts of a predicate, as rows of numbers of objects, in the order in which they became known; for each place and object, the
/// rows that have it there.
/// </summary>
internal sealed class Relation(string predicate)
{
    private readonly List<int[]> _rows = [];
    private readonly List<int> _times = [];
    private readonly Dictionary<int[], int> _known = new(Rows.Comparer);
    private readonly Dictionary<(int Place, int Value), List<int>> _index = [];

    public string Predicate { get; } = predicate;

    public int Count => _rows.Count;

    public int[] RowAt(int place) => _rows[place];

    /// <summary>When the fact of a row became known, counted over all relations.</summary>
    public int TimeAt(int place) => _times[place];

    public bool Contains(int[] row) => _known.ContainsKey(row);

    /// <summary>When a fact became known; null: it is not.</summary>
    public int? TimeOf(int[] row) => _known.TryGetValue(row, out var time) ? time : null;

    /// <summary>Adds a fact, unless it is known.</summary>
    public bool TryAdd(int[] row, int time)
    {
        if (!_known.TryAdd(row, time))
        {
            return false;
        }

        for (var place = 0; place < row.Length; place++)
        {
            ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_index, (place, row[place]), out _);
            (rows ??= []).Add(_rows.Count);
        }

        _rows.Add(row);
        _times.Add(time);
        return true;
    }

    /// <summary>The rows with an object at a place; null: none.</summary>
    public List<int>? With(int place, int value) => _index.GetValueOrDefault((place, value));
}
