using System.Text;
using AgentFlow.Samples.Research.Searching;

namespace AgentFlow.Samples.Tests;

public class SearchTests
{
    [Theory]
    [InlineData("readAllLines", "read All Lines readAllLines")]
    [InlineData("XMLReader2", "XML Reader2 XMLReader2")]
    [InlineData("snake_case, and plain", "snake case snake_case and plain")]
    [InlineData("a_b __init__ --", "init")]
    public void Identifiers_give_their_parts_and_themselves(string text, string words)
    {
        var found = new List<string>();
        foreach (var word in new Words(text))
        {
            found.Add(word.ToString());
        }

        Assert.Equal(words, string.Join(' ', found));
    }

    [Theory]
    [InlineData("cycle cycles Cyclic")]
    [InlineData("fail fails failed failing failure failures")]
    [InlineData("cancel cancelled canceled cancellation")]
    [InlineData("reuse reused reusing")]
    [InlineData("retry retries retried")]
    [InlineData("schedule scheduler scheduled scheduling")]
    [InlineData("generate generator generation generated")]
    [InlineData("find found finding")]
    public void Forms_of_a_word_have_one_stem(string words) => Assert.Single(words.Split(' ').Select(Stemmer.Stem).Distinct());

    [Theory]
    [InlineData("file fill")]
    [InlineData("test text")]
    [InlineData("class cluster")]
    public void Different_words_keep_different_stems(string words) => Assert.Equal(2, words.Split(' ').Select(Stemmer.Stem).Distinct().Count());

    [Fact]
    public void A_question_is_what_it_asks_about()
    {
        Assert.Equal(["cycles", "found"], Ask("how are cycles found").Terms.Select(t => t.Word));
        Assert.Equal([false, true], Ask("how are cycles found").Terms.Select(t => t.IsWeak));
        Assert.All(Ask("does it work").Terms, t => Assert.False(t.IsWeak));
        Assert.Null(Question.Parse("?!"));
        Assert.NotNull(Question.Parse("what is it"));
    }

    [Fact]
    public void Documents_are_cut_at_headings_items_and_rows()
    {
        var passages = DocumentSplitter.Split(File("a.md", """
            ---
            title: no
            ---
            # One
            First
            paragraph.

            - item a
              goes on
            - item b

            Two
            ---
            | id | what |
            |----|------|
            | A1 | cycle |
            ```
            # not a heading
            ```
            ## Three ##
            end
            """)).Select(p => (p.Line, p.Title, p.Text)).ToArray();
        Assert.Equal(
            [(5, "One", "First\nparagraph."), (8, "One", "- item a\n  goes on"), (10, "One", "- item b"), (16, "One › Two", "| A1 | cycle |"), (21, "One › Three", "end")],
            passages);
    }

    [Fact]
    public void Code_is_cut_at_declarations_with_their_comments()
    {
        var csharp = CodeSplitter.Split(File("a.cs", """
            namespace N;

            /// <summary>A.</summary>
            public sealed class Outer
            {
                /// <summary>B.</summary>
                [Some]
                public static int Inner(int x)
                {
                    return Other(x);
                }

                private readonly int _field = 1;
            }
            """)).Where(p => p.Title.Length > 0).Select(p => (p.Line, p.Title)).ToArray();
        Assert.Equal([(3, "Outer"), (6, "Outer.Inner"), (13, "Outer._field")], csharp);

        var python = CodeSplitter.Split(File("a.py", "class A:\n    # Runs.\n    def run(self):\n        return 1\n\nasync def go():\n    pass\n"));
        Assert.Equal([(1, "A"), (2, "A.run"), (6, "go")], python.Select(p => (p.Line, p.Title)));

        var go = CodeSplitter.Split(File("a.go", "// Serve serves.\nfunc (s *Server) Serve() error {\n}\n"));
        Assert.Equal([(1, "Serve")], go.Select(p => (p.Line, p.Title)));
    }

    [Fact]
    public void Splitting_loses_no_line_of_code()
    {
        var lines = Enumerable.Range(0, 300).Select(i => i % 7 == 0 ? $"public int M{i}() {{" : $"  x{i};").ToArray();
        Assert.Equal(lines, CodeSplitter.Split(new("a.cs", lines)).SelectMany(p => p.Text.Split('\n')));
    }

    [Fact]
    public void A_title_outranks_a_mention_and_tests_rank_below_what_they_test()
    {
        var ranking = new Ranking(Ask("thermostat power"));
        ranking.Add(
        [
            new(SourceKind.Code, "tests/ThermostatTests.cs", 1, "Thermostat", "cuts the power"),
            new(SourceKind.Code, "src/Thermostat.cs", 1, "Thermostat", "cuts the power"),
            new(SourceKind.Document, "a.md", 1, "Other", "A thermostat is mentioned near power and many other words that dilute it a lot."),
            new(SourceKind.Document, "b.md", 1, "Other", "Nothing to see."),
        ]);
        var (hits, weights) = ranking.Rank(10);
        Assert.Equal("src/Thermostat.cs", hits[0].Passage.Path);
        Assert.Equal(3, hits.Count);
        Assert.Equal(2, weights.Count);
    }

    [Fact]
    public void The_order_in_which_files_are_read_does_not_show()
    {
        Passage[] passages = [.. Enumerable.Range(0, 50).Select(i => new Passage(SourceKind.Document, $"{i % 7}.md", i, "", "the power " + new string('x', i % 3)))];
        Assert.Equal(Rank(passages), Rank(passages.Reverse()));

        static IEnumerable<(string, int)> Rank(IEnumerable<Passage> passages)
        {
            var ranking = new Ranking(Ask("power"));
            ranking.Add(passages);
            return [.. ranking.Rank(20).Hits.Select(h => (h.Passage.Path, h.Passage.Line))];
        }
    }

    [Fact]
    public void Bytes_are_read_in_whatever_encoding_they_are()
    {
        Assert.Equal("é", TextFile.Decode("é"u8));
        Assert.Equal("é", TextFile.Decode([0xE9]));
        Assert.Equal("é", TextFile.Decode([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("é")]));
        Assert.Equal("é", TextFile.Decode([.. Encoding.UTF8.Preamble, .. "é"u8]));
        Assert.Null(TextFile.Decode([1, 0, 2]));
    }

    [Fact]
    public async Task A_walk_skips_what_is_built_vendored_or_linked()
    {
        using var scene = new Scene().WriteProject().Write("bin/x.md", "x").Write("obj/y.cs", "y").Write("image.png", "");
        System.IO.File.CreateSymbolicLink(Path.Combine(scene.Folder, "link.md"), Path.Combine(scene.Folder, "README.md"));
        Directory.CreateSymbolicLink(Path.Combine(scene.Folder, "loop"), scene.Folder);
        var listing = await FolderListing.OfAsync(scene.Folder, TestContext.Current.CancellationToken);
        Assert.Equal(["README.md", "data.md", "docs/thermostat.md"], listing.Documents);
        Assert.Equal(["src/Thermostat.cs"], listing.Code);
    }

    [Fact]
    public void Commits_are_parsed_whole()
    {
        var commit = Assert.Single(CommitLog.Parse("\x1e" + "abc1234\x1f" + "2026-01-02\x1f" + "Subject\x1f" + "Body\n\nmore\n"));
        Assert.Equal(("abc1234", "2026-01-02", "Subject", "Body\n\nmore"), (commit.Path, commit.Date, commit.Title, commit.Text));
    }

    private static Question Ask(string text) => Question.Parse(text)!;

    private static TextFile File(string path, string text) => new(path, text.ReplaceLineEndings("\n").Split('\n'));
}
