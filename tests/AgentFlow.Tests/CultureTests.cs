using System.Globalization;

namespace AgentFlow.Tests;

/// <summary>Under which culture the tests run: without data of cultures, unless a run asks for that of Turkey, where "I" and "i" are letters of their own.</summary>
public sealed class CultureTests
{
    [Fact]
    public void The_culture_is_the_one_that_was_asked_for()
    {
        var isTurkish = Environment.GetEnvironmentVariable("AGENTFLOW_TEST_TURKISH") == "1";
#pragma warning disable CA1304, CA1311 // The culture is the point.
        Assert.Equal(isTurkish ? "ı" : "i", "I".ToLower());
        Assert.Equal(isTurkish ? "İ" : "I", "i".ToUpper());
#pragma warning restore CA1304, CA1311
        Assert.Equal(isTurkish ? "1,5" : "1.5", 1.5.ToString(CultureInfo.CurrentCulture));
    }
}
