using System.ComponentModel;

namespace AgentFlow.AI;

/// <summary>What a critic says of a piece of work.</summary>
/// <param name="Score">How good it is, from 0 to 1.</param>
/// <param name="Problems">What is wrong with it; empty if nothing is.</param>
/// <param name="Advice">How to make it better.</param>
public sealed record Judgement(
    [property: Description("How good the work is, from 0 (useless) to 1 (nothing to improve).")] double Score,
    [property: Description("What is wrong with it, most important first.")] string[] Problems,
    [property: Description("How to make it better.")] string Advice);
