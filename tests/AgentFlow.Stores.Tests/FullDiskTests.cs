using System.Diagnostics;

namespace AgentFlow.Stores.Tests;

/// <summary>A disk that is really full: a small file system in memory. Mounting one takes rights that not everybody has.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int RoomInKilobytes = 64;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-full-");
    private bool _isMounted;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", _directory.FullName);
        }

        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task What_was_recorded_stays_and_the_session_goes_on_when_there_is_room()
    {
        Mount();
        var ballast = Fill(40);
        var acknowledged = 0;
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            var claim = await store.CreateAsync("s");
            await store.CreateAsync("other");
            IOException? full = null;
            while (full is null && acknowledged < 1000)
            {
                full = await TryAsync(store, claim, acknowledged);
                acknowledged += full is null ? 1 : 0;
            }

            Assert.InRange(acknowledged, 3, 40);
            Assert.NotNull(full);

            // Nothing can be written, and all that was can be read: here, and by another process.
            Assert.NotNull(await TryAsync(store, claim, acknowledged));
            await Assert.ThrowsAnyAsync<IOException>(() => store.SignalAsync(new() { Session = "s", Name = "N", Payload = new byte[5_000] }, Ct).AsTask());
            Assert.Equal(Expected(acknowledged), await store.ActionsAsync("s"));
            Assert.Single(await store.ReadAllAsync("other"));
        }

        await using (var store = new FileSessionStore(_directory.FullName))
        {
            Assert.Empty(store.Damaged);
            Assert.Equal(Expected(acknowledged), await store.ActionsAsync("s"));
            await Assert.ThrowsAnyAsync<IOException>(() => store.CreateAsync(Given.Session("late"), [new() { Kind = JournalKind.Created, Payload = new byte[20_000] }], Given.Owner, Given.Lease, Ct).AsTask());
            Assert.Null(await store.FindAsync("late", Ct));
            Assert.Empty(Directory.EnumerateFiles(_directory.FullName, "*.new"));

            File.Delete(ballast);
            var claim = (await store.ClaimAsync("s", Given.Owner, Given.Lease, Ct))!;
            Assert.Null(await TryAsync(store, claim, acknowledged));
            await store.CreateAsync("late");
            Assert.Equal(Expected(acknowledged + 1), await store.ActionsAsync("s"));
        }
    }

    [Fact]
    public async Task An_agent_whose_disk_is_full_goes_on_from_what_was_recorded()
    {
        Mount();
        string? ballast = null;
        var calls = new Calls();
        calls.OnCall = action => ballast ??= action == "third" ? Fill(RoomInKilobytes) : null;
        var writer = new Writer(calls);
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
            var session = await runtime.StartAsync(writer, 3_000, new() { Id = "w" }, Ct);
            var result = session.Result;
            calls.Go.SetResult();
            await Assert.ThrowsAnyAsync<IOException>(() => result.WaitAsync(Patience, Ct));
        }

        Assert.Equal(["first", "second", "third"], calls.All);
        File.Delete(ballast!);
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            await using var runtime = new AgentRuntime(store);
            var result = await (await runtime.ResumeAsync(writer, "w", Ct)).Result.WaitAsync(Patience, Ct);
            Assert.Equal(6_000, result.Length);
        }

        // What was recorded is not done again; what was not, is.
        Assert.Equal(["first", "second", "third", "third"], calls.All);
    }

    private static string Expected(int acknowledged) => string.Join(",", Enumerable.Range(0, acknowledged).Select(static i => $"A{i}"));

    /// <summary>An append that takes more than a page, so that it can be cut in the middle.</summary>
    private static async Task<IOException?> TryAsync(FileSessionStore store, SessionClaim claim, int number)
    {
        try
        {
            await store.AppendAsync(claim, number + 1, Given.Outcome($"A{number}", new byte[5_000]));
            return null;
        }
        catch (IOException e)
        {
            return e;
        }
    }

    /// <summary>Takes room, as much as there is at most.</summary>
    private string Fill(int kilobytes)
    {
        var path = Path.Combine(_directory.FullName, "ballast");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        try
        {
            for (var i = 0; i < kilobytes; i++)
            {
                RandomAccess.Write(file, new byte[1024], i * 1024);
            }
        }
        catch (IOException)
        {
            // It is full now.
        }

        return path;
    }

    private void Mount()
    {
        var error = Run("mount", "-t", "tmpfs", "-o", $"size={RoomInKilobytes}k", "tmpfs", _directory.FullName);
        Assert.SkipWhen(error is not null, $"a small file system cannot be mounted here: {error}");
        _isMounted = true;
    }

    /// <summary>What a command complains of; null if it does what it was told.</summary>
    private static string? Run(string name, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}

[Agent]
public sealed partial class Writer(Calls calls)
{
    [Action]
    private async Task<byte[]> First([Input] int size, CancellationToken ct)
    {
        await calls.Go.Task.WaitAsync(ct);
        calls.Count("first");
        return new byte[size];
    }

    [Action]
    private byte[] Second(byte[] first)
    {
        calls.Count("second");
        return first;
    }

    [Action]
    private byte[] Third([From(nameof(First))] byte[] first, [From(nameof(Second))] byte[] second)
    {
        calls.Count("third");
        return [.. first, .. second];
    }
}

/// <summary>Which actions were called, and what happens at a call.</summary>
public sealed class Calls
{
    private readonly List<string> _all = [];

    public Action<string> OnCall { get; set; } = static _ => { };

    public IReadOnlyList<string> All => _all;

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Count(string action)
    {
        _all.Add(action);
        OnCall(action);
    }
}
