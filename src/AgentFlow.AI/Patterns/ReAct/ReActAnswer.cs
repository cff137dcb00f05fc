namespace AgentFlow.AI;

/// <summary>What a <see cref="ReActAgent"/> has come to.</summary>
/// <param name="Text">The answer; the last thought while it goes on.</param>
/// <param name="Steps">How often the model was asked.</param>
/// <param name="End">Why it has ended.</param>
/// <param name="Tokens">How many tokens were used, by what tools have asked models as well; estimated where a model tells none.</param>
public sealed record ReActAnswer(string Text, int Steps, ReActEnd End, long Tokens);

/// <summary>Why a <see cref="ReActAgent"/> has ended.</summary>
public enum ReActEnd
{
    /// <summary>The model had its answer.</summary>
    Answered,

    /// <summary>It had to answer, because it was at its last step.</summary>
    StepLimit,

    /// <summary>It had to answer, because the tokens were used up.</summary>
    TokenLimit,

    /// <summary>It had to answer, because the time was used up: all but a quarter of it, which is for the answer.</summary>
    TimeLimit,

    /// <summary>It had to answer, because it went round in circles.</summary>
    Repetition,

    /// <summary>The model refused to answer; the text quotes it.</summary>
    Refused,

    /// <summary>The model said nothing, and asked for nothing that could be done.</summary>
    NothingSaid,
}

/// <summary>One thought of a <see cref="ReActAgent"/>: what the model says, and the calls that it asks for.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Calls">The calls; none: it is the answer.</param>
/// <param name="End">Why it is the last, if it has to be.</param>
/// <param name="Tokens">How many tokens were used up to now.</param>
/// <param name="At">When it was thought.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
public sealed record ReActThought(string Text, ToolCall[] Calls, ReActEnd End, long Tokens, DateTimeOffset At, DateTimeOffset? Deadline);
