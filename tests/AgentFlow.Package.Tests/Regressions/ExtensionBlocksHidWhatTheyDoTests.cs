using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentFlow.Package.Tests.Regressions;

/// <summary>
/// What members of extension blocks do to what they extend was not seen. The compiler that other tests of diagnostics run cannot read them: the SDK's can.
/// </summary>
public sealed partial class ExtensionBlocksHidWhatTheyDoTests(Feed feed)
{
    private const string Program = """
        using System;
        using System.Collections.Generic;
        using AgentFlow;

        Console.WriteLine(await new Desk().RunAsync("a"));

        internal static class Extensions
        {
            extension(List<int> list)
            {
                public int Twice => list.Count * 2;
                public int Grown { get { list.Add(2); return list.Count; } }
                public void Put(int x) => list.Add(x);
                public void PutAll(List<int> other) => other.Put(list.Count);
                public void PutLocked(int x) { lock (list) { list.Add(x); } }
                public static List<int> Make() { List<int> made = []; made.Put(1); return made; }
            }

            extension(Desk desk)
            {
                public void Set(int n) => desk.Last = n;
                public int Sum(int n) => desk.Last + n;
            }

            extension(string text)
            {
                public void Show() => Console.WriteLine(text);
                public int Measure() => text.Length;
            }
        }

        [Agent]
        internal sealed partial class Desk
        {
            private readonly List<int> _seen = [];

            public int Last { get; set; }

            [Action, Result]
            private int Get([Input, Sensitive] string secret)
            {
                _seen.Put(1); // AF0204
                var seen = _seen;
                var grown = seen?.Grown; // AF0204 where it is taken
                new List<int>().PutAll(_seen); // AF0204
                this.Set(2); // AF0204
                secret.Show(); // AF0403
                var own = List<int>.Make();
                own.Put(1);
                _seen.PutLocked(1);
                return _seen.Twice + own.Grown + this.Sum(1) + secret.Measure() + grown ?? 0;
            }
        }
        """;

    [Fact]
    public async Task They_are_looked_into()
    {
        var lines = Program.Split('\n');
        var expected = lines.Select(static (line, i) => (Line: i + 1, Text: line))
            .Where(static line => line.Text.Contains("; // AF", StringComparison.Ordinal))
            .Select(static line => line.Text.EndsWith("taken", StringComparison.Ordinal)
                ? (line.Line - 1, "AF0204")
                : (line.Line, line.Text[^6..]))
            .ToList();
        Assert.Equal(5, expected.Count);
        var build = await Dotnet.RunAsync(feed.CreateProject("extensions", Program), "build", "-v:q", "-nologo");
        var said = Diagnostics().Matches(build.Output)
            .Select(static m => (Line: int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), Id: m.Groups[2].Value))
            .Distinct()
            .Order();
        Assert.Equal(expected, said);
    }

    [GeneratedRegex(@"Program\.cs\((\d+),\d+\): (?:error|warning) (\w+):")]
    private static partial Regex Diagnostics();
}
