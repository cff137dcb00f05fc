using System.ComponentModel;

namespace AgentFlow.AI;

/// <summary>An answer and how it was come to.</summary>
/// <param name="Steps">The steps of the reasoning.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Confidence">How sure it is, from 0 to 1.</param>
public sealed record Reasoning(
    [property: Description("The steps of the reasoning, in order.")] string[] Steps,
    [property: Description("The answer alone.")] string Answer,
    [property: Description("How sure you are of the answer, from 0 to 1.")] double Confidence);
