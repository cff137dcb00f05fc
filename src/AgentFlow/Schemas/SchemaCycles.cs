namespace AgentFlow.Schemas;

/// <summary>Finds what refers to itself. It walks without recursion: a chain of references may be as long as a schema.</summary>
internal static class SchemaCycles
{
    /// <summary>The nodes whose next step leads back to where the walk has come from: without them there is no cycle.</summary>
    /// <param name="nodes">All nodes.</param>
    /// <param name="next">The nodes that follow one.</param>
    public static List<T> Find<T>(IEnumerable<T> nodes, Func<T, IEnumerable<T>> next)
        where T : class
    {
        var found = new List<T>();
        var isOnPath = new Dictionary<T, bool>(ReferenceEqualityComparer.Instance);
        var path = new Stack<(T Node, IEnumerator<T> Next)>();
        foreach (var start in nodes)
        {
            if (isOnPath.TryAdd(start, true))
            {
                path.Push((start, next(start).GetEnumerator()));
            }

            while (path.TryPeek(out var at))
            {
                if (!at.Next.MoveNext())
                {
                    isOnPath[at.Node] = false;
                    path.Pop();
                }
                else if (isOnPath.TryAdd(at.Next.Current, true))
                {
                    path.Push((at.Next.Current, next(at.Next.Current).GetEnumerator()));
                }
                else if (isOnPath[at.Next.Current])
                {
                    found.Add(at.Node);
                }
            }
        }

        return found;
    }
}
