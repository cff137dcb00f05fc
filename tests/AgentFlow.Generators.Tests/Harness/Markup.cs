using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace AgentFlow.Generators.Tests.Harness;

/// <summary>Source with expected diagnostics marked as <c>{|AF0102:span|}</c>; marks may nest.</summary>
internal sealed record Markup(string Source, IReadOnlyList<(string Id, TextSpan Span)> Expected)
{
    public static Markup Parse(string marked)
    {
        var source = new StringBuilder();
        var expected = new List<(string, TextSpan)>();
        var open = new Stack<(string Id, int Start)>();
        for (var i = 0; i < marked.Length; i++)
        {
            var rest = marked.AsSpan(i);
            if (rest.StartsWith("{|") && rest[2..].IndexOf(':') is > 0 and var colon)
            {
                open.Push((rest.Slice(2, colon).ToString(), source.Length));
                i += 2 + colon;
            }
            else if (rest.StartsWith("|}"))
            {
                var (id, start) = open.Pop();
                expected.Add((id, TextSpan.FromBounds(start, source.Length)));
                i++;
            }
            else
            {
                source.Append(marked[i]);
            }
        }

        Assert.Empty(open);
        return new Markup(source.ToString(), expected);
    }
}
