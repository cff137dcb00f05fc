using System.Text;

namespace AgentFlow.Generators.Tests;

/// <summary>Large agents are analysed to the end.</summary>
public sealed class ScaleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_actions_and_ten_thousand_edges(bool withOrder)
    {
        var source = new StringBuilder("using AgentFlow;\n");
        var agent = new StringBuilder("[Agent] public partial class Large {\n");
        for (var i = 0; i < 1000; i++)
        {
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"public sealed record T{i};\n");
            var sources = Enumerable.Range(1, 10).Select(step => i - (step * step)).Where(static source => source >= 0).ToList();
            if (i == 999)
            {
                sources = [.. Enumerable.Range(0, 999)];
            }

            var order = withOrder && sources.Count > 0 ? $", DependsOn({string.Join(", ", sources.Select(static source => $"nameof(A{source})"))})" : "";
            agent.Append(System.Globalization.CultureInfo.InvariantCulture, $"[Action{order}] T{i} A{i}({string.Join(", ", sources.Select(static (source, n) => $"T{source} p{n}"))}) => throw null!;\n");
        }

        var compilation = Compilations.Of(source.ToString() + agent + "}\n");
        compilation.GetDiagnostics(TestContext.Current.CancellationToken);

        // No measurement (benchmarks do that): a rule that has become quadratic does not end within this.
        var found = await Expect.Analyze(compilation).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.All(found, static diagnostic => Assert.Equal("AF0113", diagnostic.Id));
        Assert.Equal(withOrder, found.Length > 9_000);
    }
}
