namespace AgentFlow.AI;

/// <summary>
/// What a step adds under one condition: the step itself, or one of its conditional effects. Guesses that ignore what is deleted take them
/// apart; they share the cost of their step.
/// </summary>
/// <param name="Step">The number of the step.</param>
/// <param name="NeedList">What must be so before.</param>
/// <param name="AddList">What is so afterwards.</param>
internal sealed record RelaxedStep(int Step, int[] NeedList, int[] AddList);
