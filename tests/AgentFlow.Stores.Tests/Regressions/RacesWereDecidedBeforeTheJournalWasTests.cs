using AgentFlow.Crash;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>
/// Where not each step is recorded at once, an action that ended just after a transaction settled before one that is in the journal before it: a race
/// between the two was decided otherwise when the session was read again, and a child was asked for with other inputs.
/// </summary>
public sealed class RacesWereDecidedBeforeTheJournalWasTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-races-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(Durability.Suspend)]
    [InlineData(Durability.Deferred)]
    public async Task The_first_in_the_journal_wins(Durability durability)
    {
        await using var store = new SlowStore(new SqliteSessionStore(Path.Combine(_directory.FullName, "agents.db")));
        await using var runtime = new AgentRuntime(store);
        for (var round = 0; round < 10; round++)
        {
            var agent = new Contest();
            store.Hold();
            var session = await runtime.StartAsync(agent, default, new() { Id = $"{durability}-{round}", Durability = durability }, Ct);
            await agent.HasBegun.Task.WaitAsync(Patience, Ct);
            await store.IsHeld.WaitAsync(Patience, Ct);

            // Whatever follows from its end has happened when this returns.
            await Task.Run(agent.MayEnd.SetResult, Ct);
            store.LetGo();
            var winner = await session.Result.WaitAsync(Patience, Ct);
            var journal = await store.ReadAllAsync(session.Id);
            Assert.Equal(journal.First(static r => r is { Kind: JournalKind.Completed, Action: "Quick" or "Slow" }).Action, winner);
            await runtime.UnregisterAsync(agent);
        }
    }

    /// <summary>Holds the first append with the end of the quick one.</summary>
    private sealed class SlowStore(ISessionStore inner) : ForwardingStore(inner)
    {
        private TaskCompletionSource _held = New();
        private TaskCompletionSource _goes = New();

        public Task IsHeld => _held.Task;

        public void Hold() => (_held, _goes) = (New(), New());

        public void LetGo() => _goes.SetResult();

        public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
        {
            if (append.Records.Any(static r => r.Action == "Quick"))
            {
                _held.TrySetResult();
                await _goes.Task;
            }

            return await base.AppendAsync(append, cancellationToken);
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Two that run after a transaction, of which the first counts.</summary>
[Agent]
public sealed partial class Contest
{
    public TaskCompletionSource HasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who sets it runs what follows.</summary>
    public TaskCompletionSource MayEnd { get; } = new();

    [Action(Effect = Effect.Transactional)]
    private async Task<int> Open(CancellationToken cancellationToken)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return 1;
    }

    [Action(Priority = 1)]
    private string Quick(int open) => nameof(Quick);

    [Action]
    private async Task<string> Slow(int open)
    {
        HasBegun.TrySetResult();
        await MayEnd.Task.ConfigureAwait(false);
        return nameof(Slow);
    }

    [Action, Result]
    private string Winner([From(nameof(Slow), nameof(Quick), Take = Take.First)] string first) => first;
}
