namespace AgentFlow.Testing;

/// <summary>What the conformance suites expect.</summary>
internal static class Expect
{
    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ConformanceException($"Expected {what} to be '{expected}', and it is '{actual}'.");
        }
    }

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new ConformanceException($"It does not hold that {what}.");
        }
    }

    public static async Task ThrowsAsync<T>(Func<Task> code, string what)
        where T : Exception
    {
        try
        {
            await code().ConfigureAwait(false);
        }
        catch (T)
        {
            return;
        }
        catch (Exception e)
        {
            throw new ConformanceException($"Expected a {typeof(T).Name} for {what}, and it was a {e.GetType().Name}: {e.Message}");
        }

        throw new ConformanceException($"Expected a {typeof(T).Name} for {what}, and nothing was thrown.");
    }
}
