namespace AgentFlow.AI;

/// <summary>
/// Something to be done that methods break down. It may state what it achieves: then, where no method leads on, a <see cref="HybridPlanner"/> looks for steps that make that so.
/// </summary>
public sealed class PlanningTask
{
    private readonly string[] _achieves = [];

    /// <summary>Declares a task.</summary>
    /// <param name="name">Its name; no operator's.</param>
    /// <param name="parameters">Its parameters, by comma: <c>?p: package, ?to: place</c>.</param>
    /// <exception cref="PlanningDefinitionException">They are malformed.</exception>
    public PlanningTask(string name, string parameters = "")
    {
        Name = PlanningText.Name(name, "task");
        Parameters = PlanningParameter.Parse(parameters, name);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it is about.</summary>
    public IReadOnlyList<PlanningParameter> Parameters { get; }

    /// <summary>
    /// What is so when it is done, over its parameters: facts, and facts that are not so (<c>not open(?door)</c>). Default: it does not
    /// say.
    /// </summary>
    /// <exception cref="PlanningDefinitionException">One is malformed, is a pair that must differ, or names a variable that is no
    /// parameter.</exception>
    public IReadOnlyList<string> Achieves
    {
        get => _achieves;
        init
        {
            Achievement = Condition.Parse(_achieves = [.. value]);
            if (Achievement.Different.Length > 0)
            {
                throw new PlanningDefinitionException($"Task '{Name}' achieves that '{Achievement.Different[0].Left}' and '{Achievement.Different[0].Right}' differ: no step can make that so.");
            }

            if (Achievement.Variables.FirstOrDefault(variable => Parameters.All(parameter => parameter.Name != variable)) is { } unknown)
            {
                throw new PlanningDefinitionException($"Task '{Name}' achieves something of '{unknown}', which is none of its parameters.");
            }
        }
    }

    internal Condition Achievement { get; private init; } = Condition.Parse([]);
}
