namespace AgentFlow;

/// <summary>Marks a partial class as an agent: a workflow whose steps are its methods and whose edges are their parameters.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AgentAttribute : Attribute
{
    /// <summary>The stable id under which the agent is known outside the process. Default: the class name.</summary>
    public string? Name { get; set; }

    /// <summary>How many actions of one run may be under way at once; 0 (default) sets no bound. Fire-and-forget actions do not count.</summary>
    public int MaxParallel { get; set; }

    /// <summary>How many iterations a looping agent may make. Required with <see cref="UntilAttribute"/>.</summary>
    public int MaxIterations { get; set; }

    /// <summary>What happens when <see cref="MaxIterations"/> is reached. Default: <see cref="LimitPolicy.Throw"/>.</summary>
    public LimitPolicy OnLimit { get; set; }

    /// <summary>What an action's failure does to the rest of the run. Default: <see cref="FailurePolicy.FailFast"/>.</summary>
    public FailurePolicy OnFailure { get; set; }

    /// <summary>When actions start. Default: <see cref="SchedulingMode.Dataflow"/>.</summary>
    public SchedulingMode Scheduling { get; set; }

    /// <summary>Whether sessions can take the agent, so that all it passes on must be writable as JSON. Default: true.</summary>
    public bool Durable { get; set; } = true;

    /// <summary>
    /// A <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> for what sessions record: the types that it declares with
    /// <see cref="System.Text.Json.Serialization.JsonSerializableAttribute"/> are written as it says. Default: none, the generator writes the contracts.
    /// </summary>
    public Type? JsonContext { get; set; }
}
