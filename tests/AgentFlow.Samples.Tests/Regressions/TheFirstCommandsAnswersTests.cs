using System.Globalization;
using System.Runtime.CompilerServices;
using AgentFlow.Samples.Research.Extraction;
using AgentFlow.Samples.Research.Reporting;
using AgentFlow.Samples.Research.Searching;
using Assistant = AgentFlow.Samples.Research.ResearchAssistant;

namespace AgentFlow.Samples.Tests.Regressions;

/// <summary>
/// Of real questions most were answered beside the point: listings were read as prose, properties got the symbol above them, sentences
/// ended at initials, and the rating counted
/// words. Forty questions whose places are known, about this repository and two others, and some that nothing there answers.
/// </summary>
public sealed class TheFirstCommandsAnswersTests
{
    private const double LeastRight = 0.8;
    private const double LeastAgreement = 0.85;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../.."));

    [Theory]
    [InlineData("agentflow")]
    [InlineData("raml")]
    [InlineData("semver")]
    public Task Four_of_five_questions_are_answered_among_the_first_three_places(string repository) =>
        AskAllAsync("questions.tsv", LeastRight, LeastAgreement, repository);

    [Theory]
    [InlineData("dev.tsv", 0.79, 0.88, "agentflow", "raml", "semver")]
    [InlineData("fresh1.tsv", 0.73, 0.9, "agentflow", "raml", "semver")]
    [InlineData("fresh2.tsv", 0.7, 0.78, "agentflow", "raml", "semver", "cacache")]
    [InlineData("unseen.tsv", 0.5, 0.88, "agentflow", "unitask", "unirx")]
    [InlineData("heldout.tsv", 0.66, 0.8, "agentflow", "arborist")]
    public Task Questions_that_came_later_are_answered_as_often_as_the_documents_say(string set, double leastRight, double leastAgreement, params string[] repositories) =>
        AskAllAsync(set, leastRight, leastAgreement, repositories);

    private static async Task AskAllAsync(string set, double leastRight, double leastAgreement, params string[] repositories)
    {
        using var scene = new Scene();
        var libraries = new Dictionary<string, Library>();
        foreach (var repository in repositories)
        {
            libraries[repository] = new Library(await FolderOfAsync(repository));
        }

        var (right, answerable, agreed, all) = (0, 0, 0, 0);
        var wrong = new List<string>();
        foreach (var row in await File.ReadAllLinesAsync(Path.Combine(Root, "tests/AgentFlow.Samples.Tests/Questions", set), Token))
        {
            if (row.Split('\t') is not [var where, var question, var places] || !libraries.TryGetValue(where, out var library))
            {
                continue;
            }

            var report = await new Assistant(library, new ReportCache(scene.Cache)).RunAsync(Question.Parse(question)!, Token);
            var isAnswered = places != "-" && Sources(report.Markdown).Take(3).Any(s => places.Split(" | ").Any(p => IsAt(s, p)));
            var isRated = places == "-" ? report.Quality.Verdict is Verdict.Nothing or Verdict.Weak
                : isAnswered ? report.Quality.Verdict is Verdict.Good or Verdict.Partial
                : report.Quality.Verdict != Verdict.Good;
            (all, agreed, answerable, right) = (all + 1, agreed + (isRated ? 1 : 0), answerable + (places == "-" ? 0 : 1), right + (isAnswered ? 1 : 0));
            if (!isRated || (!isAnswered && places != "-"))
            {
                wrong.Add($"{question}: {report.Quality.Verdict}; {string.Join(", ", Sources(report.Markdown).Take(3))}");
            }
        }

        // Reports are cached in the background: before their folder goes.
        await AgentBackground.DrainAsync(Token);
        var told = string.Create(CultureInfo.InvariantCulture, $"{right} of {answerable} right, {agreed} of {all} rated alike\n") + string.Join('\n', wrong);
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(right >= leastRight * answerable && agreed >= leastAgreement * all, told);
    }

    [Fact]
    public void Properties_methods_and_types_get_their_own_symbol_however_they_are_laid_out()
    {
        var outline = CSharpOutline.Read("""
            namespace N;
            [Some(typeof(A[]))]
            public sealed class Outer<T>(int x) : Base(x) where T : class
            {
                public int Count
                {
                    get => _count;
                }

                public IReadOnlyList<(int Key, string Value)> Search(
                    string query)
                {
                    var text = $"{{ {query["}"]} \" {'}'}";
                    return Find(text);
                }

                public (int A, int B) Pair() => (1, 2);

                public string Text { get; } = "}";

                public enum Kind { A, B }

                public static bool operator ==(Outer<T> a, Outer<T> b) => true;

                public event Action? Changed;
            }

            internal record struct Point(int X);
            """.Split('\n'));
        Assert.Equal(
            ["Outer", "Outer.Count", "Outer.Search", "Outer.Pair", "Outer.Text", "Outer.Kind", "Outer.operator ==", "Outer.Changed", "Point"],
            outline.Select(static d => d.Symbol));
        Assert.Equal([2, 4, 9, 16, 18, 20, 22, 24, 27], outline.Select(static d => d.Line));
    }

    [Fact]
    public void A_listing_of_an_interface_is_not_prose()
    {
        Assert.Empty(DocumentSplitter.Split(Text("tests/PublicApi.N.txt", "sealed class N.Kettle\n    System.Boolean Boil(System.Int32 degrees = 100)")));
        Assert.Empty(DocumentSplitter.Split(Text("surface.txt", "sealed class N.Kettle\n    System.Boolean Boil(System.Int32 degrees)\n    static N.Kettle Make()")));
        Assert.Single(DocumentSplitter.Split(Text("notes.txt", "The kettle boils water.\nIt stops at 100 degrees.")));
    }

    [Theory]
    [InlineData("The delay is random (M. Brooker, 2015). It grows.", "The delay is random (M. Brooker, 2015).|It grows.")]
    [InlineData("After J. R. R. Tolkien. U.S. English is used.", "After J. R. R. Tolkien.|U.S. English is used.")]
    [InlineData("So do I. Then it ends.", "So do I.|Then it ends.")]
    public void Sentences_do_not_end_at_initials(string prose, string sentences) => Assert.Equal(sentences.Split('|'), Sentences.Split(prose).Select(static s => s.Text));

    [Fact]
    public async Task What_only_touches_on_a_question_is_not_called_an_answer()
    {
        using var scene = new Scene().WriteProject();
        var (_, report, _) = await scene.AskAsync("--folder", scene.Folder, "power plants in Norway and their turbines");
        Assert.DoesNotContain("Good: ", report, StringComparison.Ordinal);
        Assert.Matches("Nothing (here answers the question|relevant was found)", report);
    }

    [Fact]
    public async Task A_word_that_nobody_uses_does_not_hide_code_that_has_the_others()
    {
        using var scene = new Scene().Write("src/Boiler.cs", """
            namespace N;
            public sealed class Boiler
            {
                public void Drain()
                {
                    Open(_valve);
                    Halt(_pump);
                    Light(_lamp);
                }
            }
            """);
        var (_, report, _) = await scene.AskAsync("--folder", scene.Folder, "how are valve and pump arranged");
        Assert.Contains("src/Boiler.cs:", report, StringComparison.Ordinal);
        Assert.Contains(" — Boiler.Drain\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing relevant was found", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_mention_a_name_does_not_answer_for_it()
    {
        using var scene = new Scene().WriteProject();
        var (_, report, _) = await scene.AskAsync("--folder", scene.Folder, "does the thermostat cut the power over Zigbee");
        Assert.Contains("Nothing here answers the question.", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_a_test_mentions_is_no_answer()
    {
        using var scene = new Scene().WriteProject().Write("tests/BreadTests.cs", "public class BreadTests\n{\n    public void Bake() => Ask(\"sourdough bread\");\n}\n");
        var (_, report, _) = await scene.AskAsync("--folder", scene.Folder, "how is sourdough bread made");
        Assert.Matches("Nothing (here answers the question|relevant was found)", report);
    }

    [Fact]
    public async Task An_empty_repository_has_no_answer_and_no_error()
    {
        using var scene = new Scene();
        Directory.CreateDirectory(scene.Folder);
        var (code, report, _) = await scene.AskAsync("--folder", scene.Folder, "how are cycles found");
        Assert.Equal(0, code);
        Assert.Contains("Nothing relevant was found", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_git_is_said()
    {
        using var scene = new Scene().WriteProject().Commit("Cut the power by thermostat");
        var (code, report, _) = await ProgramRun.InAsync(typeof(Assistant), scene.Folder, new() { ["PATH"] = scene.Folder }, "", "thermostat power");
        Assert.Equal(0, code);
        Assert.Contains("> Git is not installed, or not on the path: the history was not searched", report, StringComparison.Ordinal);
    }

    private static TextFile Text(string path, string text) => new(path, text.Split('\n'));

    /// <summary>Whether a source is a place. A heading that ends with <c>$</c> is the nearest one, not one further up.</summary>
    private static bool IsAt(string source, string place) =>
        place.Split('#') is [var file, var symbol] && source.StartsWith(file + ":", StringComparison.Ordinal)
        && (symbol.EndsWith('$') ? source.EndsWith(symbol[..^1], StringComparison.OrdinalIgnoreCase) : source.Contains(symbol, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Sources(string report) =>
        report.Split('\n').SkipWhile(static l => l != "## Sources").Where(static l => l.StartsWith("- [", StringComparison.Ordinal)).Select(static l => l[(l.IndexOf(']', StringComparison.Ordinal) + 2)..]);

    /// <summary>Sources of others are read where a package manager has put them; none are in this repository.</summary>
    private static async Task<string> FolderOfAsync(string repository)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var folder = repository switch
        {
            "raml" => Path.Combine(packages, "ramltoopenapiconverter.sourceonly", "0.50.0", "contentFiles", "cs", "any", "RamlToOpenApiConverter"),
            "semver" or "cacache" => "/usr/lib/node_modules/npm/node_modules/" + repository,
            "arborist" => "/usr/lib/node_modules/npm/node_modules/@npmcli/arborist",
            "unitask" => await NpmSources.FolderOfAsync("com.cysharp.unitask", "2.2.5", Token),
            "unirx" => await NpmSources.FolderOfAsync("com.neuecc.unirx", "7.1.0", Token),
            _ => Root,
        };
        Assert.SkipUnless(Directory.Exists(folder), $"{folder} is not there");
        return folder;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
