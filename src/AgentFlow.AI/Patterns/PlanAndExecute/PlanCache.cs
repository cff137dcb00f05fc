using System.Diagnostics.CodeAnalysis;
using AgentFlow.AI.Retrieval;

namespace AgentFlow.AI;

/// <summary>
/// Keeps plans that have worked, by task, so that the same task need not be planned again. In memory, bounded, thread-safe; the plan
/// longest unused goes first. Agents may share one: a plan that an agent has made serves only those with the same catalog and instructions.
/// </summary>
/// <param name="capacity">How many plans are kept. Default: 256.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is not positive.</exception>
public sealed class PlanCache(int capacity = 256)
{
    private readonly int _capacity = capacity > 0 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A cache has room for one plan at least.");
    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _byUse = [];
    private readonly Dictionary<string, LinkedListNode<Entry>> _byTask = new(StringComparer.Ordinal);

    /// <summary>Finds the plan for a task.</summary>
    /// <param name="task">
    /// The task. White space does not count, nor does the case of plain words or the sign at its end; names of files and of code,
    /// quotations, and what follows a colon or a line's
    /// end count to the letter.
    /// </param>
    /// <param name="plan">The plan, as JSON.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(string task, [NotNullWhen(true)] out string? plan) => TryGet(task, guide: null, out plan);

    /// <summary>Finds the plan for a task that was made under a guide, or put here by hand.</summary>
    internal bool TryGet(string task, string? guide, [NotNullWhen(true)] out string? plan)
    {
        lock (_gate)
        {
            if (_byTask.TryGetValue(KeyOf(task), out var node) && (guide is null || node.Value.Guide is null || node.Value.Guide == guide))
            {
                _byUse.Remove(node);
                _byUse.AddLast(node);
                plan = node.Value.Plan;
                return true;
            }
        }

        plan = null;
        return false;
    }

    /// <summary>Keeps a plan.</summary>
    /// <param name="task">The task.</param>
    /// <param name="plan">The plan, as JSON.</param>
    public void Set(string task, string plan) => Set(task, guide: null, plan);

    /// <summary>Keeps a plan that was made under a guide: what it may call, and how it is to be made.</summary>
    internal void Set(string task, string? guide, string plan)
    {
        var key = KeyOf(task);
        lock (_gate)
        {
            if (_byTask.Remove(key, out var old))
            {
                _byUse.Remove(old);
            }
            else if (_byUse.Count == _capacity)
            {
                _byTask.Remove(_byUse.First!.Value.Task);
                _byUse.RemoveFirst();
            }

            _byTask[key] = _byUse.AddLast(new Entry(key, guide, plan));
        }
    }

    /// <summary>Forgets the plan for a task, because it did not work.</summary>
    /// <param name="task">The task.</param>
    public void Remove(string task)
    {
        lock (_gate)
        {
            if (_byTask.Remove(KeyOf(task), out var node))
            {
                _byUse.Remove(node);
            }
        }
    }

    private static string KeyOf(string task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return string.Join(' ', QuestionText.Split(task));
    }

    private readonly record struct Entry(string Task, string? Guide, string Plan);
}
