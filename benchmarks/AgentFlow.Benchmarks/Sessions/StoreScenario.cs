namespace AgentFlow.Benchmarks.Sessions;

/// <summary>Appends to sessions of a store, as fast as it lets them.</summary>
internal sealed class StoreScenario
{
    private readonly ISessionStore _store;
    private readonly SessionClaim[] _claims;
    private readonly long[] _sequences;
    private readonly byte[] _payload = new byte[Payload];

    private StoreScenario(ISessionStore store, SessionClaim[] claims)
    {
        _store = store;
        _claims = claims;
        _sequences = [.. claims.Select(static c => c.Info.Sequence)];
    }

    /// <summary>How many bytes an outcome has.</summary>
    public const int Payload = 100;

    /// <summary>Creates sessions.</summary>
    public static async Task<StoreScenario> CreateAsync(ISessionStore store, string name, int sessions)
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, sessions).Select(i => store.CreateAsync(
            new SessionInfo { Id = $"{name}-{i}", Agent = "Agent", Shape = "shape" },
            [new JournalRecord { Kind = JournalKind.Created }],
            "worker",
            TimeSpan.FromHours(1)).AsTask())).ConfigureAwait(false);
        return new StoreScenario(store, claims);
    }

    /// <summary>Appends so many outcomes, each durable before the next of its session; sessions do so at the same time.</summary>
    public Task AppendAsync(int appends) => _claims.Length == 1
        ? AppendAsync(0, appends)
        : Task.WhenAll(Enumerable.Range(0, _claims.Length).Select(i => Task.Run(() => AppendAsync(i, (appends / _claims.Length) + (i < appends % _claims.Length ? 1 : 0)))));

    private async Task AppendAsync(int session, int appends)
    {
        for (var i = 0; i < appends; i++)
        {
            var sequence = _sequences[session]++;
            await _store.AppendAsync(new SessionAppend
            {
                Claim = _claims[session],
                After = sequence,
                Records = [new JournalRecord { Kind = JournalKind.Completed, Iteration = 1, Action = "Action", Key = $"o/{sequence}/Action/-1/0", Payload = _payload }],
            }).ConfigureAwait(false);
        }
    }
}
