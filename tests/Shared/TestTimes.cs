global using static AgentFlow.Tests.TestTimes;

namespace AgentFlow.Tests;

/// <summary>The times that tests wait on the real clock.</summary>
internal static class TestTimes
{
    /// <summary>
    /// How long a test waits for what is to happen before it fails. No test knows how fast the machine is: this is far more than one takes that is stopped for a minute,
    /// and nothing passes sooner or later by it.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
}
