namespace AgentFlow.AI;

/// <summary>
/// Numbers the facts that change, in the order of their first mention, so that equal problems are numbered alike; after them the opposites
/// of those that something needs not to be so.
/// </summary>
internal sealed class FactNumbers
{
    private readonly Dictionary<Fact, int> _numbers = [];
    private readonly Dictionary<Fact, int> _opposites = [];

    public FactNumbers(PlanningProblem problem, Reachability reachable, bool withOpposites)
    {
        var added = reachable.Steps.SelectMany(static step => step.Step.Adds.Concat(step.Effects.SelectMany(static effect => effect.Adds)));
        foreach (var fact in problem.InitialFacts.Concat(added).Where(reachable.IsTouched))
        {
            _numbers.TryAdd(fact, _numbers.Count);
        }

        var absent = reachable.Steps.SelectMany(static step => step.Step.Absent.Concat(step.Effects.SelectMany(static effect => effect.Absent))).Concat(problem.AbsentGoals)
            .Concat(withOpposites ? reachable.Steps.SelectMany(static step => step.Effects.SelectMany(static effect => effect.Needs)) : []);
        foreach (var fact in absent.Where(_numbers.ContainsKey))
        {
            _opposites.TryAdd(fact, _numbers.Count + _opposites.Count);
        }

        Opposites = new int[_numbers.Count + _opposites.Count];
        Array.Fill(Opposites, -1);
        foreach (var (fact, opposite) in _opposites)
        {
            Opposites[opposite] = _numbers[fact];
            Opposites[_numbers[fact]] = opposite;
        }

        Initial = SetOf(problem.InitialFacts, _opposites.Keys.Where(fact => !problem.InitialSet.Contains(fact)));
    }

    /// <summary>For each number, that of its opposite; -1: it has none.</summary>
    public int[] Opposites { get; }

    public FactSet Initial { get; }

    /// <summary>The numbers of facts, and of the opposites of others; what has none is left out.</summary>
    public FactSet SetOf(IEnumerable<Fact> facts, IEnumerable<Fact> absent) => FactSet.Of(
        Opposites.Length,
        facts.Where(_numbers.ContainsKey).Select(fact => _numbers[fact]).Concat(absent.Where(_opposites.ContainsKey).Select(fact => _opposites[fact])));

    /// <summary>Whether an effect that can come about asks for nothing that changes.</summary>
    public bool IsUnconditional(StepEffect effect) => !effect.Needs.Any(_numbers.ContainsKey) && !effect.Absent.Any(_opposites.ContainsKey);
}
