namespace AgentFlow.Samples.Research.Searching;

/// <summary>Finds repositories without asking git.</summary>
public static class Repository
{
    /// <summary>The nearest folder, from this one upwards, that holds a repository.</summary>
    /// <param name="folder">Where to begin.</param>
    /// <returns>The folder, or <see langword="null"/> if there is none.</returns>
    public static string? Enclosing(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            var git = Path.Combine(at.FullName, ".git");
            if (Directory.Exists(git) || File.Exists(git))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
