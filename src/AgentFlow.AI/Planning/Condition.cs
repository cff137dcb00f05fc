namespace AgentFlow.AI;

/// <summary>What has to be so: facts, facts that must not be, and variables that must differ.</summary>
internal sealed class Condition
{
    private Condition(AtomPattern[] holds, AtomPattern[] absent, (string Left, string Right)[] different)
    {
        Holds = holds;
        Absent = absent;
        Different = different;
    }

    public AtomPattern[] Holds { get; }

    public AtomPattern[] Absent { get; }

    public (string Left, string Right)[] Different { get; }

    /// <summary>The facts that it names, those that must not be included.</summary>
    public IEnumerable<AtomPattern> Atoms => Holds.Concat(Absent);

    /// <summary>Everything it names: variables and objects.</summary>
    public IEnumerable<string> Terms => Atoms.SelectMany(static atom => atom.Terms).Concat(Different.SelectMany(static pair => new[] { pair.Left, pair.Right }));

    public IEnumerable<string> Variables => Terms.Where(PlanningText.IsVariable);

    public static Condition Parse(IEnumerable<string> texts)
    {
        var holds = new List<AtomPattern>();
        var absent = new List<AtomPattern>();
        var different = new List<(string, string)>();
        foreach (var text in texts)
        {
            if (text.Split("!=") is [var left, var right])
            {
                different.Add((PlanningText.Term(left.Trim(), text), PlanningText.Term(right.Trim(), text)));
            }
            else if (text.StartsWith("not ", StringComparison.Ordinal))
            {
                absent.Add(AtomPattern.Parse(text[4..].Trim()));
            }
            else
            {
                holds.Add(AtomPattern.Parse(text.Trim()));
            }
        }

        return new([.. holds], [.. absent], [.. different]);
    }

    /// <summary>Whether the pairs that are bound differ.</summary>
    public bool Differs(IReadOnlyDictionary<string, string> bindings)
    {
        foreach (var (left, right) in Different)
        {
            var (l, r) = (bindings.GetValueOrDefault(left, left), bindings.GetValueOrDefault(right, right));
            if (l == r && !PlanningText.IsVariable(l))
            {
                return false;
            }
        }

        return true;
    }
}
