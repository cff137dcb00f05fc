namespace AgentFlow.Mcp.App;

/// <summary>Files by which processes tell each other something.</summary>
public static class Files
{
    /// <summary>Waits until a file is there.</summary>
    public static async Task IsThereAsync(string path, CancellationToken cancellationToken)
    {
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!) { EnableRaisingEvents = true };
        var made = new TaskCompletionSource();
        watcher.Created += (_, e) =>
        {
            if (e.FullPath == path)
            {
                made.TrySetResult();
            }
        };
        if (!File.Exists(path))
        {
            await made.Task.WaitAsync(TimeSpan.FromMinutes(4), cancellationToken);
        }
    }
}
