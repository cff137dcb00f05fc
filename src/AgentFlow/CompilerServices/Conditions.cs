using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>Judges what pre- and postconditions say. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Conditions
{
    /// <summary>Judges a condition that holds or does not.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="condition">The name of its method.</param>
    /// <param name="isPostcondition">Whether it is a postcondition.</param>
    /// <exception cref="ConditionViolatedException">It does not.</exception>
    public static void Check(bool holds, string condition, bool isPostcondition)
    {
        if (!holds)
        {
            throw new ConditionViolatedException(condition, isPostcondition, reason: null);
        }
    }

    /// <summary>Judges a condition that says why it does not hold.</summary>
    /// <param name="reason">The reason; <see langword="null"/> if it holds.</param>
    /// <param name="condition">The name of its method.</param>
    /// <param name="isPostcondition">Whether it is a postcondition.</param>
    /// <exception cref="ConditionViolatedException">It does not.</exception>
    public static void Check(string? reason, string condition, bool isPostcondition)
    {
        if (reason is not null)
        {
            throw new ConditionViolatedException(condition, isPostcondition, reason);
        }
    }
}
