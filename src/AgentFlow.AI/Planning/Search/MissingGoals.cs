namespace AgentFlow.AI;

/// <summary>
/// What it costs at least to make the missing goals so: as many steps as are needed if each gave the most goals that a step can give, and
/// cost as little as the cheapest that gives one.
/// </summary>
internal sealed class MissingGoals
{
    private readonly FactSet _goals;
    private readonly int _most = 1;
    private readonly double _cheapest;

    public MissingGoals(GroundProblem problem)
    {
        _goals = problem.Goals;
        _cheapest = double.PositiveInfinity;
        foreach (var step in problem.Steps)
        {
            var count = step.AddList.Concat(step.Effects.SelectMany(static effect => effect.AddList)).Distinct().Count(_goals.Contains);
            if (count > 0)
            {
                (_most, _cheapest) = (Math.Max(_most, count), Math.Min(_cheapest, step.Cost));
            }
        }
    }

    public double Estimate(FactSet state) => _goals.CountMissing(state) is var count and > 0 ? (count + _most - 1) / _most * _cheapest : 0;
}
