namespace AgentFlow.AI;

/// <summary>
/// A way to do a task: when it fits, and the subtasks to do, in order. Methods of a task are tried in the order of the domain, each for all bindings of its other variables that its
/// conditions allow, in the order of the objects.
/// </summary>
/// <example><code>new TaskMethod("by-truck", "deliver(?p, ?to)") { Conditions = ["at(?p, ?from)", "at(?t, ?from)", "truck(?t)"], Subtasks = ["load(?p, ?t, ?from)", "drive(?t, ?from, ?to)", "unload(?p, ?t, ?to)"] }</code></example>
public sealed class TaskMethod
{
    private readonly string[] _conditions = [];
    private readonly string[] _subtasks = [];

    /// <summary>Declares a method.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="task">The task that it does, with variables or objects for its parameters: <c>deliver(?p, ?to)</c>.</param>
    /// <exception cref="PlanningDefinitionException">They are malformed.</exception>
    public TaskMethod(string name, string task)
    {
        Name = PlanningText.Name(name, "method");
        Task = task;
        Head = AtomPattern.Parse(task);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The task that it does.</summary>
    public string Task { get; }

    /// <summary>When it fits: facts, facts that must not be (<c>not at(?p, ?to)</c>), and pairs that must differ (<c>?from != ?to</c>). Default: always.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed.</exception>
    public IReadOnlyList<string> Conditions
    {
        get => _conditions;
        init => Condition = Condition.Parse(_conditions = [.. value]);
    }

    /// <summary>What to do, in order: tasks and operators. Default: nothing, the task is done.</summary>
    /// <exception cref="PlanningDefinitionException">One is malformed.</exception>
    public IReadOnlyList<string> Subtasks
    {
        get => _subtasks;
        init => Steps = [.. (_subtasks = [.. value]).Select(AtomPattern.Parse)];
    }

    internal AtomPattern Head { get; }

    internal Condition Condition { get; private init; } = Condition.Parse([]);

    internal AtomPattern[] Steps { get; private init; } = [];
}
