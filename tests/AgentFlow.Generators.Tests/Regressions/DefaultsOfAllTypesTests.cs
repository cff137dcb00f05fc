namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>Defaults of every type that may have one: of inputs, of tools, and of constructors that recorded values are made by.</summary>
public sealed class DefaultsOfAllTypesTests
{
    private const string Parameters =
        "sbyte a = -1, byte b = 2, short c = -3, ushort d = 4, int e = int.MinValue, uint f = 6, long g = long.MinValue, ulong h = ulong.MaxValue, nint i = -9, nuint j = 10, "
        + "float k = float.NaN, double l = -0.0, decimal m = 1.50m, char n = '\\u2028', bool o = true, string p = \"\\u2028\\\"\", Kind q = Kind.Less, byte? r = 3, Kind? s = Kind.More, string? t = null, DateTime u = default, Guid? v = null, int? w = null";

    private const string Shown = "$\"{a} {b} {c} {d} {e} {f} {g} {h} {k} {1 / l} {m} {(int)n} {o} {p.Length} {q} {r} {s} {t} {u.Ticks} {v} {w}\"";

    private const string Expected = "-1 2 -3 4 -2147483648 6 -9223372036854775808 18446744073709551615 NaN -\u221e 1.50 8232 True 2 Less 3 More  0  ";

    private const string Types = "public enum Kind : short { Less = -1, More = 7 }\n";

    [Fact]
    public async Task Of_inputs()
    {
        var inputs = string.Join(", ", Parameters.Split(", ").Select(static parameter => "[Input] " + parameter));
        var result = await Compiled.RunAsync($$"""
            namespace Demo;
            {{Types}}
            [Agent(Durable = false)] public sealed partial class Desk { [Action] private static string Show({{inputs}}) { System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture; return {{Shown}}; } }
            public static class Play { public static async Task<object> Run() => await new Desk().RunAsync(); }
            """);
        Assert.Equal(Expected.Replace("-\u221e", "-Infinity", StringComparison.Ordinal), result);
    }

    [Fact]
    public async Task Of_tools()
    {
        // A machine word is not JSON's.
        var parameters = string.Join(", ", Parameters.Split(", ").Where(static parameter => !parameter.StartsWith("ni", StringComparison.Ordinal) && !parameter.StartsWith("nu", StringComparison.Ordinal)));
        var result = await Compiled.RunAsync($$"""
            namespace Demo;
            {{Types}}
            public static partial class Desk { [Tool] public static string Show({{parameters}}) { System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture; return {{Shown}}; } }
            public static class Play { public static async Task<object> Run() => (await Desk.ShowTool.InvokeAsync(new()))!.ToString()!; }
            """);
        Assert.Equal(Expected.Replace("-\u221e", "-Infinity", StringComparison.Ordinal), result);
    }

    [Fact]
    public async Task Of_recorded_constructors()
    {
        var parameters = string.Join(", ", Parameters.Split(", ").Where(static parameter => !parameter.StartsWith("ni", StringComparison.Ordinal) && !parameter.StartsWith("nu", StringComparison.Ordinal)));
        var result = await Compiled.RunAsync($$"""
            namespace Demo;
            {{Types}}
            public sealed record Page({{parameters}});
            [Agent] public sealed partial class Desk
            {
                [Action] private static Page Make([Input] int start) => new();
                [Signal(Timeout = "1.00:00:00")] private partial Task<Page> Answer(Page make);
                [Action] private static string Show(Page make, Page answer) => System.FormattableString.Invariant($"{make == answer}{make.B}{answer.Q}{answer.M}");
            }
            public static class Play
            {
                public static async Task<object> Run()
                {
                    var store = new MemorySessionStore();
                    await using (var first = new AgentRuntime(store)) { var begun = await first.StartAsync(new Desk(), 1, new() { Id = "s" }); while ((await store.FindAsync("s"))!.State != SessionState.Suspended) { await Task.Yield(); } }
                    await using var second = new AgentRuntime(store);
                    var session = await second.ResumeAsync(new Desk(), "s");
                    await session.SignalAsync(Desk.Signals.Answer, new Page());
                    return await session.Result;
                }
            }
            """.Replace("int start) => new();", "int start) => new();", StringComparison.Ordinal).Replace("(sbyte a", "(sbyte A", StringComparison.Ordinal).Replace("make.B", "make.b", StringComparison.Ordinal).Replace("answer.Q", "answer.q", StringComparison.Ordinal).Replace("answer.M", "answer.m", StringComparison.Ordinal));
        Assert.Equal("True2Less1.50", result);
    }
}
