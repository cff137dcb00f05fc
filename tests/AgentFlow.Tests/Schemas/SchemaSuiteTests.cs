using System.Text.Json;
using AgentFlow.Schemas;

namespace AgentFlow.Tests.Schemas;

/// <summary>The public JSON-Schema-Test-Suite, draft 2020-12: every answer is right, or says that it cannot be given.</summary>
public sealed class SchemaSuiteTests
{
    /// <summary>Whole files that are not claimed.</summary>
    private static readonly string[] s_unclaimed = ["dynamicRef", "unevaluatedItems", "unevaluatedProperties", "vocabulary", "refRemote"];

    /// <summary>The cases of claimed files that are about something that is not: the metaschema, unevaluated keywords, properties of Unicode.</summary>
    private static readonly string[] s_elsewhere =
    [
        "ref: remote ref, containing refs itself",
        "ref: ref creates new scope when adjacent to keywords",
        "defs: validate definition against metaschema",
        "not: collect annotations inside a 'not'",
        "pattern: pattern with Unicode property escape",
    ];

    /// <summary>Where the suite has to be; null: it may be missing.</summary>
    private static readonly string? s_demanded = Environment.GetEnvironmentVariable("AGENTFLOW_SHARED_DATA");

    private static readonly string? s_folder = FindFolder();

    [Fact]
    public void No_claimed_keyword_has_a_wrong_answer()
    {
        Assert.False(s_folder is null && s_demanded is not null, $"AGENTFLOW_SHARED_DATA is {s_demanded}, and there is no suite.");
        Assert.SkipWhen(s_folder is null, "The suite is not beside the checkout (../shared/data/json-schema), nor where AGENTFLOW_SHARED_DATA says.");
        var (right, open, wrong) = (0, 0, new List<string>());
        foreach (var (name, schema, value, isValid) in Cases())
        {
            var verdict = JsonSchema.Parse(schema).Check(value);
            var answer = verdict switch
            {
                SchemaVerdict.Fits => (bool?)true,
                SchemaVerdict.DoesNotFit => false,
                _ => null,
            };
            right += answer == isValid ? 1 : 0;
            open += answer is null ? 1 : 0;
            if (answer == !isValid || (answer is null && IsClaimed(name)))
            {
                wrong.Add($"{name}: {verdict}, should be {isValid}");
            }
        }

        Assert.True(wrong.Count == 0, $"{right} right, {open} open, {wrong.Count} wrong:\n{string.Join('\n', wrong)}");

        // The page says so many.
        Assert.Equal((ExpectedRight, ExpectedOpen), (right, open));
    }

    /// <summary>Problems are found on a way of their own, which has to come to the same answer.</summary>
    [Fact]
    public void Saying_what_is_wrong_gives_the_same_answer()
    {
        Assert.SkipWhen(s_folder is null, "The suite is not beside the checkout.");
        foreach (var (name, json, value, _) in Cases())
        {
            var schema = JsonSchema.Parse(json);
            var verdict = schema.Check(value);
            Assert.True(verdict == schema.Check(value, out var problems), name);
            Assert.True(problems.Count > 0 == (verdict == SchemaVerdict.DoesNotFit), name);
            Assert.All(problems, static problem => Assert.NotEmpty(problem.ToString()));
        }
    }

    private const int ExpectedRight = 1045;
    private const int ExpectedOpen = 254;

    private static bool IsClaimed(string name) =>
        !s_unclaimed.Any(file => name.StartsWith(file + ":", StringComparison.Ordinal)) && !s_elsewhere.Any(known => name.StartsWith(known, StringComparison.Ordinal));

    private static IEnumerable<(string Name, JsonElement Schema, JsonElement Value, bool IsValid)> Cases()
    {
        foreach (var file in Directory.EnumerateFiles(s_folder!, "*.json").Order(StringComparer.Ordinal))
        {
            foreach (var group in JsonElement.Parse(File.ReadAllText(file)).EnumerateArray())
            {
                foreach (var test in group.GetProperty("tests").EnumerateArray())
                {
                    var name = $"{Path.GetFileNameWithoutExtension(file)}: {group.GetProperty("description")}: {test.GetProperty("description")}";
                    yield return (name, group.GetProperty("schema"), test.GetProperty("data"), test.GetProperty("valid").GetBoolean());
                }
            }
        }
    }

    private static string? FindFolder()
    {
        var candidates = new List<string?> { s_demanded };
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            candidates.Add(Path.Combine(folder.FullName, "shared", "data"));
        }

        return candidates.OfType<string>().Select(static root => Path.Combine(root, "json-schema")).FirstOrDefault(Directory.Exists);
    }
}
