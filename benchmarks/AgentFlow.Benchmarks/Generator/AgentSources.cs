using System.Globalization;
using System.Text;

namespace AgentFlow.Benchmarks.Generator;

/// <summary>Sources of agents for the generator to work on.</summary>
internal static class AgentSources
{
    /// <summary>One of many agents of ten actions, each in a file of its own. Another edit gives another action its name, as typing would.</summary>
    public static string Ten(int number, int edit)
    {
        FormattableString source = $$"""
            using System.Threading;
            using System.Threading.Tasks;
            using AgentFlow;

            namespace Demo.N{{number}};

            public sealed record Article(string Text);
            public sealed record Paper(string Text);
            public sealed record Headline(string Text);
            public sealed record Facts(string Text);
            public sealed record Digest(string Text);
            public sealed record Report(string Text);
            public sealed record Quality(string Text);
            public sealed record Citations(string Text);
            public sealed record Review(string Text);
            public sealed record Final(string Text);

            [Agent]
            public sealed partial class Assistant
            {
                [Action] private Task<Article> FetchWiki([Input] string topic, CancellationToken ct) => Task.FromResult(new Article(topic));
                [Action, Retry(3), Timeout("00:00:30")] private Task<Paper> SearchArxiv([Input] string topic, CancellationToken ct) => Task.FromResult(new Paper(topic));
                [Action] private Task<Headline> FetchNews([Input] string topic, CancellationToken ct) => Task.FromResult(new Headline(topic));
                [Action] private Facts ExtractFacts(Article article) => new(article.Text);
                [Action] private ValueTask<Digest> Summarize(Paper paper, CancellationToken ct) => new(new Digest(paper.Text));
                [Action] private ValueTask<Report> Synthesize(Facts facts, Digest digest, Headline news) => new(new Report(facts.Text));
                [Action] private Quality CheckQuality{{edit}}(Report report) => new(report.Text);
                [Action] private Citations Cite(Report report) => new(report.Text);
                [Action] private Review CheckTone(Report report) => new(report.Text);
                [Action] private Final Finish(Quality quality, Citations citations, Review review) => new(quality.Text);
            }
            """;
        return source.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>One agent of a thousand actions.</summary>
    public static string Thousand(int edit)
    {
        var source = new StringBuilder("using System.Threading.Tasks;\nusing AgentFlow;\n\nnamespace Demo;\n\n[Agent]\npublic sealed partial class Large\n{\n");
        for (var i = 0; i < 999; i++)
        {
            var from = i == 0 ? "[Input] int seed" : i < 20 ? $"int a{i - 1}" : $"int a{i - 1}, int a{i - 7}, int a{i - 20}";
            source.Append(CultureInfo.InvariantCulture, $"    [Action] private ValueTask<int> A{i}({from}) => new({i});\n");
        }

        return source.Append(CultureInfo.InvariantCulture, $"    [Action] private ValueTask<int> Last{edit}(int a998) => new(a998);\n}}\n").ToString();
    }

    /// <summary>The same agent or agents, where one action does something else.</summary>
    public static string OtherBody(string source) => source
        .Replace("new(quality.Text)", "new(quality.Text + quality.Text)", StringComparison.Ordinal)
        .Replace("new(a998)", "new(a998 + 1)", StringComparison.Ordinal);

    /// <summary>A file without agents.</summary>
    public static string Elsewhere(int edit) => string.Create(CultureInfo.InvariantCulture, $"namespace Demo;\n\ninternal static class Elsewhere\n{{\n    public const int Edit = {edit};\n}}\n");
}
