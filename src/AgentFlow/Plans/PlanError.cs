namespace AgentFlow;

/// <summary>One thing that is wrong with a plan, told so that whoever wrote the plan, a person or a model, can mend it.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Path">Where: <c>actions[2].parameters.query</c>; empty for the plan as a whole.</param>
/// <param name="Message">What is wrong, and what to do.</param>
public sealed record PlanError(PlanErrorKind Kind, string Path, string Message)
{
    /// <summary>The error as one line.</summary>
    /// <returns>The path and the message.</returns>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
