namespace AgentFlow.AI;

/// <summary>The tasks that are still to be done, the next first. Immutable; equal if the tasks are.</summary>
internal sealed class Agenda : IEquatable<Agenda>
{
    private readonly int _hash;

    private Agenda(string name, string[] arguments, Agenda? rest)
    {
        Name = name;
        Arguments = arguments;
        Rest = rest;
        Text = PlanningText.Call(name, arguments);
        _hash = HashCode.Combine(string.GetHashCode(Text, StringComparison.Ordinal), rest?._hash);
    }

    public string Name { get; }

    public string[] Arguments { get; }

    /// <summary>The next task as it is written.</summary>
    public string Text { get; }

    /// <summary>What comes after it; null: nothing.</summary>
    public Agenda? Rest { get; }

    /// <summary>Puts tasks before others.</summary>
    public static Agenda? Of(IReadOnlyList<AtomPattern> tasks, IReadOnlyDictionary<string, string> bindings, Agenda? rest)
    {
        for (var i = tasks.Count - 1; i >= 0; i--)
        {
            rest = new(tasks[i].Predicate, tasks[i].TermsIn(bindings), rest);
        }

        return rest;
    }

    public bool Equals(Agenda? other)
    {
        for (var (mine, its) = (this, other); ; (mine, its) = (mine.Rest, its.Rest))
        {
            if (ReferenceEquals(mine, its))
            {
                return true;
            }

            if (mine is null || its is null || mine._hash != its._hash || mine.Text != its.Text)
            {
                return false;
            }
        }
    }

    public override bool Equals(object? obj) => Equals(obj as Agenda);

    public override int GetHashCode() => _hash;
}
