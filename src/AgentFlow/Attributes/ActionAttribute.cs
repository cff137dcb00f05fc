namespace AgentFlow;

/// <summary>Marks a method as a step of its agent. Its parameters are its dependencies, its return value is its output.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ActionAttribute : Attribute
{
    /// <summary>How the action is scheduled against the others. Default: <see cref="ActionMode.Async"/>.</summary>
    public ActionMode Mode { get; set; }

    /// <summary>The stable id of the action in events, graphs and stored state. Default: the method name.</summary>
    public string? Name { get; set; }

    /// <summary>A title for people, shown in plans and pictures. Default: <see cref="Name"/>.</summary>
    public string? Title { get; set; }

    /// <summary>Among ready actions, the higher priority starts first. Default: 0.</summary>
    public int Priority { get; set; }

    /// <summary>Runs a CPU-bound synchronous body on the thread pool, so that it overlaps with the rest. Default: <see langword="false"/>.</summary>
    public bool Offload { get; set; }

    /// <summary>What the action does to the world outside the run. Default: <see cref="Effect.AtLeastOnce"/>.</summary>
    public Effect Effect { get; set; }

    /// <summary>What kind of thing the action calls, for plans and events. Default: <see cref="ActionType.Tool"/>.</summary>
    public ActionType Type { get; set; }

    /// <summary>How long the action is expected to take, as <c>"hh:mm:ss"</c>: weighs the critical path and the plan's figures.</summary>
    public string? Estimate { get; set; }
}
