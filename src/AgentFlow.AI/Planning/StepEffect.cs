namespace AgentFlow.AI;

/// <summary>A <see cref="ConditionalEffect"/> with its objects: what a step does if something is so before it.</summary>
public sealed class StepEffect
{
    internal StepEffect(Fact[] needs, Fact[] absent, Fact[] adds, Fact[] deletes)
    {
        Needs = needs;
        Absent = absent;
        Adds = adds;
        Deletes = [.. deletes.Except(adds)];
    }

    /// <summary>What has to be so before, for the step to have this effect.</summary>
    public IReadOnlyList<Fact> Needs { get; }

    /// <summary>What must not be so before, for the step to have this effect.</summary>
    public IReadOnlyList<Fact> Absent { get; }

    /// <summary>What is so afterwards.</summary>
    public IReadOnlyList<Fact> Adds { get; }

    /// <summary>What is no longer so afterwards, unless the step adds it elsewhere.</summary>
    public IReadOnlyList<Fact> Deletes { get; }

    internal bool IsPossible(Func<Fact, bool> isSo) => Needs.All(isSo) && !Absent.Any(isSo);
}
