using System;
using System.Collections.Generic;

namespace AgentFlow.Generators.Graph;

/// <summary>The cycles of a graph given as successor lists, without recursion, so that a chain of any length can be searched.</summary>
internal static class Cycles
{
    /// <summary>
    /// The edges that the search for shortest cycles may look at in all. Far above what a component of a thousand actions needs;
    /// in larger ones the cycle found is the shortest through as many of its actions as this allows.
    /// </summary>
    private const int SearchBound = 4_000_000;

    /// <summary>One shortest cycle for each strongly connected component of two actions or more; each starts at its lowest index.</summary>
    public static List<List<int>> Find(int[][] successors)
    {
        var cycles = new List<List<int>>();
        var component = Components(successors, out var members);
        foreach (var nodes in members)
        {
            if (nodes.Count > 1)
            {
                cycles.Add(Shortest(successors, component, nodes));
            }
        }

        cycles.Sort((left, right) => left[0].CompareTo(right[0]));
        return cycles;
    }

    /// <summary>An order in which every action comes after those it waits for; null if there is a cycle (Kahn 1962).</summary>
    public static int[]? TopologicalOrder(int[][] predecessors, int[][] successors)
    {
        var waiting = new int[predecessors.Length];
        var order = new int[predecessors.Length];
        var count = 0;
        for (var i = 0; i < waiting.Length; i++)
        {
            waiting[i] = predecessors[i].Length;
            if (waiting[i] == 0)
            {
                order[count++] = i;
            }
        }

        for (var next = 0; next < count; next++)
        {
            foreach (var successor in successors[order[next]])
            {
                if (--waiting[successor] == 0)
                {
                    order[count++] = successor;
                }
            }
        }

        return count == order.Length ? order : null;
    }

    /// <summary>The strongly connected components (Tarjan 1972, with an explicit stack).</summary>
    private static int[] Components(int[][] successors, out List<List<int>> members)
    {
        const int Unseen = 0;
        var component = new int[successors.Length];
        var visit = new int[successors.Length];
        var low = new int[successors.Length];
        var open = new Stack<int>();
        var path = new Stack<(int Node, int Next)>();
        var clock = 0;
        members = [];

        for (var root = 0; root < successors.Length; root++)
        {
            if (visit[root] != Unseen)
            {
                continue;
            }

            Enter(root, ref clock);
            while (path.Count > 0)
            {
                var (node, next) = path.Pop();
                if (next < successors[node].Length)
                {
                    path.Push((node, next + 1));
                    var successor = successors[node][next];
                    if (visit[successor] == Unseen)
                    {
                        Enter(successor, ref clock);
                    }
                    else if (component[successor] == 0)
                    {
                        low[node] = Math.Min(low[node], visit[successor]);
                    }

                    continue;
                }

                if (path.Count > 0)
                {
                    var parent = path.Peek().Node;
                    low[parent] = Math.Min(low[parent], low[node]);
                }

                if (low[node] == visit[node])
                {
                    members.Add(Close(node, members.Count + 1));
                }
            }
        }

        return component;

        void Enter(int node, ref int time)
        {
            visit[node] = low[node] = ++time;
            open.Push(node);
            path.Push((node, 0));
        }

        List<int> Close(int node, int number)
        {
            var nodes = new List<int>();
            int member;
            do
            {
                member = open.Pop();
                component[member] = number;
                nodes.Add(member);
            }
            while (member != node);

            nodes.Sort();
            return nodes;
        }
    }

    /// <summary>Breadth first from each action of the component, no deeper than the best cycle so far.</summary>
    private static List<int> Shortest(int[][] successors, int[] component, List<int> nodes)
    {
        var parent = new int[successors.Length];
        var depth = new int[successors.Length];
        var seenFrom = new int[successors.Length];
        var queue = new Queue<int>();
        List<int>? best = null;
        var looked = 0;

        foreach (var start in nodes)
        {
            if (best is not null && (best.Count == 2 || looked > SearchBound))
            {
                break;
            }

            queue.Clear();
            queue.Enqueue(start);
            seenFrom[start] = start + 1;
            depth[start] = 1;
            while (queue.Count > 0)
            {
                var node = queue.Dequeue();
                if (best is not null && depth[node] >= best.Count)
                {
                    break;
                }

                var closed = false;
                foreach (var successor in successors[node])
                {
                    looked++;
                    if (successor == start)
                    {
                        closed = true;
                        break;
                    }

                    if (component[successor] == component[start] && seenFrom[successor] != start + 1)
                    {
                        seenFrom[successor] = start + 1;
                        parent[successor] = node;
                        depth[successor] = depth[node] + 1;
                        queue.Enqueue(successor);
                    }
                }

                if (closed)
                {
                    best = PathBack(start, node, parent);
                    break;
                }
            }
        }

        return StartAtLowest(best!);
    }

    private static List<int> PathBack(int start, int node, int[] parent)
    {
        var path = new List<int>();
        for (; node != start; node = parent[node])
        {
            path.Add(node);
        }

        path.Add(start);
        path.Reverse();
        return path;
    }

    private static List<int> StartAtLowest(List<int> cycle)
    {
        var lowest = 0;
        for (var i = 1; i < cycle.Count; i++)
        {
            if (cycle[i] < cycle[lowest])
            {
                lowest = i;
            }
        }

        var turned = cycle.GetRange(lowest, cycle.Count - lowest);
        turned.AddRange(cycle.GetRange(0, lowest));
        return turned;
    }
}
