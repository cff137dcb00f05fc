namespace AgentFlow.AI;

/// <summary>Figures from 0 to 1.</summary>
internal static class Share
{
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public static double Checked(double share, string parameter) =>
        share is >= 0 and <= 1 ? share : throw new ArgumentOutOfRangeException(parameter, share, "It has to be between 0 and 1.");
}
