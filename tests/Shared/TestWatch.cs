using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Xunit.v3;

[assembly: AgentFlow.Shared.TestWatch]

namespace AgentFlow.Shared;

/// <summary>
/// A test that hangs fails, and is named: when one takes longer than any may, which is 20 minutes, the process says which are under way, and ends. Those with
/// the trait "Takes" may take longer: one says how much they do.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TestWatchAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(20);
    private static readonly ConcurrentDictionary<string, (string Name, long Begun)> s_underWay = new(StringComparer.Ordinal);
    private static readonly Timer s_timer = new(static _ => Look(), null, s_longest / 20, s_longest / 20);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        GC.KeepAlive(s_timer);
        if (!test.Traits.ContainsKey("Takes"))
        {
            s_underWay[test.UniqueID] = (test.TestDisplayName, Stopwatch.GetTimestamp());
        }
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => s_underWay.TryRemove(test.UniqueID, out _);

    private static void Look()
    {
        var all = s_underWay.Values.OrderBy(static test => test.Begun).ToList();
        if (all.Count > 0 && Stopwatch.GetElapsedTime(all[0].Begun) > s_longest)
        {
            var lines = all.Select(static test => $"    {test.Name}: {Stopwatch.GetElapsedTime(test.Begun).TotalSeconds:F0} s");
            Console.Error.WriteLine($"FAIL: a test does not end. Under way:\n{string.Join('\n', lines)}");
            Environment.Exit(3);
        }
    }
}
