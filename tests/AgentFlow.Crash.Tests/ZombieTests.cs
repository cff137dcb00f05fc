using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace AgentFlow.Crash.Tests;

/// <summary>A real process, stopped with SIGSTOP past its leases, whose writes come when another has gone on with its sessions.</summary>
public sealed class ZombieTests
{
    private const int Rounds = 10;
    private const int Sessions = 100;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task None_of_a_thousand_writes_of_a_stopped_process_is_accepted() => Parallel.ForAsync(
        0,
        Rounds,
        new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Ct },
        async (_, _) =>
        {
            await using var place = Place.Make("postgres");
            using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Zombie).Assembly.Location, "zombie", "postgres", place.Folder, Sessions.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            try
            {
                await RaceAsync(process, place.Folder).WaitAsync(Patience, Ct);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        });

    private static async Task RaceAsync(Process process, string folder)
    {
        var errors = process.StandardError.ReadToEndAsync(Ct);
        Assert.Equal(Zombie.Ready, await process.StandardOutput.ReadLineAsync(Ct));
        await SendAsync(process, "STOP");
        await UntilStoppedAsync(process);

        // The heir's runtime takes a session when the store lists it: when its lease has ended on the database's clock.
        var taken = new CountdownEvent(Sessions);
        var allTaken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var agent = new Relay("heir", () =>
        {
            if (taken.Signal())
            {
                allTaken.SetResult();
            }

            return mayEnd.Task;
        });
        await using var store = Stores.Open("postgres", folder);
        await using var heir = new AgentRuntime(store, new() { Owner = Zombie.Owner, PollInterval = TimeSpan.FromMilliseconds(20) });
        heir.Register(agent);
        await allTaken.Task.WaitAsync(Ct);

        // Every session has an outcome of the heir's, and another to come.
        await SendAsync(process, "CONT");
        await process.StandardInput.WriteLineAsync("go on".AsMemory(), Ct);
        await process.StandardInput.FlushAsync(Ct);
        var said = await process.StandardOutput.ReadLineAsync(Ct) ?? await errors;
        mayEnd.SetResult();
        Assert.Equal($"as it was: {nameof(FencedException)}: {Sessions}; where the journal ends: {nameof(FencedException)}: {Sessions}", said);
        for (var i = 0; i < Sessions; i++)
        {
            var id = $"s{i}";
            var session = await heir.ResumeAsync(agent, id, Ct);
            Assert.Equal($"{i} begun by zombie, passed by heir, ended by heir", await session.Result);
            await CheckJournalAsync(store, id);
        }
    }

    /// <summary>
    /// The epochs never fall, and what has come after the first owner is the heir's, once. On a slow machine the first may have lost the
    /// session to itself before.
    /// </summary>
    private static async Task CheckJournalAsync(ISessionStore store, string id)
    {
        var records = await store.ReadAsync(id, 0, Ct).ToListAsync(Ct);
        var epochs = records.Select(static r => r.Epoch).ToList();
        Assert.Equal(epochs.Order(), epochs);
        var last = epochs[^1];
        Assert.True(last > 1, $"{last}");
        Assert.Equal(
            ["Begin by 1", $"Pass by {last}", $"End by {last}"],
            records.Where(static r => r.Kind == JournalKind.Completed && r.Action.Length > 0).Select(static r => $"{r.Action} by {r.Epoch}"));
    }

    private static async Task SendAsync(Process process, string signal)
    {
        using var shell = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process.Id}")]);
        await shell.WaitForExitAsync(Ct);
        Assert.Equal(0, shell.ExitCode);
    }

    /// <summary>The signal reaches all threads in the end.</summary>
    private static async Task UntilStoppedAsync(Process process)
    {
        while (true)
        {
            var states = Directory.EnumerateDirectories($"/proc/{process.Id}/task").Select(static t => File.ReadAllText(Path.Combine(t, "stat"))).ToList();
            if (states.All(static s => s[(s.LastIndexOf(')') + 2)..].StartsWith('T')))
            {
                return;
            }

            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }
    }
}
