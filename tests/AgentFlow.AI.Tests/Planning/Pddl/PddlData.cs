namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>
/// The public instances of planning competitions, which stand beside the checkout (<c>../shared/data/pddl</c>) or where
/// <c>AGENTFLOW_SHARED_DATA</c> says.
/// </summary>
internal static class PddlData
{
    private static readonly string? s_demanded = Environment.GetEnvironmentVariable("AGENTFLOW_SHARED_DATA");

    private static readonly string? s_folder = FindFolder();

    /// <summary>Whether tests that take minutes are wanted.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("AGENTFLOW_LONG_TESTS") == "1";

    /// <summary>
    /// An instance by its folder and file: <c>blocks/probBLOCKS-4-0</c>. Skips the test where the data may be missing and are.
    /// </summary>
    public static PddlTask Read(string name)
    {
        Demand();
        var file = Path.Combine(s_folder!, $"{name}.pddl");
        var folder = Path.GetDirectoryName(file)!;
        var domain = Path.Combine(folder, "domain.pddl");
        return PddlTask.Parse(File.ReadAllText(File.Exists(domain) ? domain : Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(file)}-domain.pddl")), File.ReadAllText(file));
    }

    /// <summary>The names of all instances.</summary>
    public static IEnumerable<string> Names()
    {
        Demand();
        return Directory.EnumerateFiles(s_folder!, "*.pddl", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith("domain.pddl", StringComparison.Ordinal))
            .Select(static file => $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileNameWithoutExtension(file)}")
            .Order(StringComparer.Ordinal);
    }

    private static void Demand()
    {
        var isDemanded = s_demanded is not null || Environment.GetEnvironmentVariable("AGENTFLOW_REQUIRE_SERVERS") == "1";
        Assert.False(s_folder is null && isDemanded, $"AGENTFLOW_SHARED_DATA is '{s_demanded}', and there are no instances.");
        Assert.SkipWhen(s_folder is null, "The instances are not beside the checkout (../shared/data/pddl), nor where AGENTFLOW_SHARED_DATA says.");
    }

    private static string? FindFolder()
    {
        var candidates = new List<string?> { s_demanded };
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            candidates.Add(Path.Combine(folder.FullName, "shared", "data"));
        }

        return candidates.OfType<string>().Select(static root => Path.Combine(root, "pddl")).FirstOrDefault(Directory.Exists);
    }
}
