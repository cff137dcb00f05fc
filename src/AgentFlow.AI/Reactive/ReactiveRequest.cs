namespace AgentFlow.AI;

/// <summary>A request and what it is about.</summary>
/// <param name="Text">The request, without white space around it.</param>
/// <param name="Problem">What is wrong with it, if anything is.</param>
/// <param name="Classification">What it is about.</param>
public sealed record ReactiveRequest(string Text, ReactiveProblem Problem, RequestClassification Classification);
