using AgentFlow.Samples.Research.Extraction;
using AgentFlow.Samples.Research.Reporting;
using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Tests;

public class ExtractionTests
{
    [Fact]
    public void Sentences_end_where_they_end()
    {
        var sentences = Sentences.Split("It reads files, e.g. Markdown. Version 1.2 is\nfast! `a. B` is code.\nLast");
        Assert.Equal(
            [("It reads files, e.g. Markdown.", 0), ("Version 1.2 is fast!", 0), ("`a. B` is code.", 1), ("Last", 2)],
            sentences.Select(s => (s.Text, s.Line)));
    }

    [Theory]
    [InlineData("- **Bold** and [link](http://x/y) ![image](z.png)", "Bold and link ")]
    [InlineData("| AF0106 | a cycle |", "AF0106: a cycle")]
    [InlineData("See :ref:`the guide <guide>` and ``code``.", "See `the guide` and `code`.")]
    [InlineData("> 1. quoted *word* of 2 * 3 * 4", "quoted word of 2 * 3 * 4")]
    [InlineData("`ValueTask<T>` stays, <b>tags</b> go", "`ValueTask<T>` stays, tags go")]
    public void Markup_goes_and_words_stay(string text, string plain) => Assert.Equal(plain, Markup.Remove(text));

    [Fact]
    public void Comments_are_read_as_prose()
    {
        var csharp = Comments.Read("a.cs", "/// <summary>Finds a <see cref=\"N.Cycle\"/>.</summary>\n/// <param name=\"x\">Not this.</param>\nint Find() // trailing\n{\n    // old = code(1);\n\n    /* Block\n     * comment. */\n");
        Assert.Equal([("Finds a `Cycle`.", 0), ("Block comment.", 6)], csharp.Select(s => (s.Text, s.Line)));

        var python = Comments.Read("a.py", "def f():\n    \"\"\"Opens a file.\n\n    Closes it.\n    \"\"\"\n    # Says why.\n");
        Assert.Equal(["Opens a file.", "Closes it.", "Says why."], python.Select(s => s.Text));
    }

    [Fact]
    public void The_sentence_that_answers_is_quoted_and_one_that_leans_takes_its_support()
    {
        var question = Question.Parse("thermostat power")!;
        Sentence[] sentences = [new("Water is wet.", 0), new("The thermostat has a job.", 1), new("It cuts the power.", 2), new("Tea is good", 3)];
        var excerpt = Excerpt.Best(sentences, question, [1, 1]);
        Assert.Equal(("The thermostat has a job. It cuts the power.", 1, 1.0), (excerpt!.Text, excerpt.Line, excerpt.Coverage));
        Assert.Null(Excerpt.Best([sentences[0]], question, [1, 1]));
    }

    [Fact]
    public void The_same_thing_is_said_once()
    {
        Finding[] findings = [Say("a.md", "The thermostat cuts the power.", 1), Say("b.md", "The thermostat cuts the power off.", 0.9), Say("c.md", "Sensors are read twice a second.", 0.5)];
        Assert.Equal(["a.md", "c.md"], Diversity.Select(findings, 5).Select(f => f.Source.Path));
    }

    [Fact]
    public async Task An_agent_of_its_own_describes_code()
    {
        var hit = new Hit(new(SourceKind.Code, "a.cs", 10, "A.Find", "// Finds cycles.\nvoid Find() { }"), 1, 1);
        var plain = new Hit(new(SourceKind.Code, "b.cs", 1, "B", "void X() {\n  cycles++;\n}"), 0.5, 1);
        var digest = await new CodeSummarizer().RunAsync(new CodeHits([plain, hit], 7, [1]), Question.Parse("cycles")!, TestContext.Current.CancellationToken);
        Assert.Equal([("a.cs:10", "Finds cycles.", false), ("b.cs:2", "cycles++;", true)], digest.Findings.Select(f => (f.Location, f.Text, f.IsVerbatim)));
        Assert.Equal(7, digest.Searched);
    }

    [Fact]
    public void Quality_names_what_is_missing()
    {
        var draft = new Draft("q", "/", [Say("a.md", "The thermostat cuts the power.", 1)], [], "", []);
        var quality = Quality.Check(draft, Question.Parse("thermostat gravity")!);
        Assert.Equal(["thermostat"], quality.Found);
        Assert.Equal(["gravity"], quality.Missing);
        Assert.Equal((Verdict.Partial, 1), (quality.Verdict, quality.Sources));
        Assert.Equal(Verdict.Nothing, Quality.Check(draft with { Answer = [] }, Question.Parse("gravity")!).Verdict);
    }

    private static Finding Say(string path, string text, double score) => new(new(SourceKind.Document, path, 1, "", text), 1, text, score, 1);
}
