namespace AgentFlow.AI;

/// <summary>Tells when a series of steps goes round in circles.</summary>
public static class Repetition
{
    private const int LongestPeriod = 4;

    /// <summary>Finds the shortest cycle that the last steps consist of.</summary>
    /// <param name="steps">The steps, the last one last; equal texts are equal steps.</param>
    /// <param name="times">How often the cycle has to have come round, at least twice.</param>
    /// <returns>How many steps long the cycle is, 1 to 4; 0 if there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is less than 2.</exception>
    public static int Find(IReadOnlyList<string> steps, int times = 3)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 2);
        for (var period = 1; period <= LongestPeriod && period * times <= steps.Count; period++)
        {
            var first = steps.Count - (period * times);
            var repeats = true;
            for (var i = first + period; i < steps.Count && repeats; i++)
            {
                repeats = steps[i] == steps[i - period];
            }

            if (repeats)
            {
                return period;
            }
        }

        return 0;
    }
}
