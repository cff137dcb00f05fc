using AgentFlow.Tests.Sessions;

namespace AgentFlow.Tests.Regressions;

/// <summary>A session that was redriven between the listing and the deletion was deleted.</summary>
public sealed class RetentionSparesWhatGoesOnTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redriven_after_it_was_listed(bool rests)
    {
        await using var inner = new MemorySessionStore();
        var store = new RedrivingStore(inner);
        await using var runtime = new AgentRuntime(store);
        foreach (var id in (string[])["a", "b"])
        {
            var failed = await runtime.StartAsync(new Fragile { Fails = true }, 5, new() { Id = id }, Ct);
            await Assert.ThrowsAsync<ActionFailedException>(() => failed.Result);
        }

        store.Listed = async () => _ = rests
            ? await (await runtime.RedriveAsync(new Fragile(), "a", Ct)).Result.WaitAsync(Patience, Ct)
            : (await inner.ClaimAsync("a", "somebody", TimeSpan.FromMinutes(1), Ct))!.Epoch;
        Assert.Equal(1, await runtime.RetainAsync(TimeSpan.Zero, Ct).AsTask().WaitAsync(Patience, Ct));
        Assert.NotNull(await inner.FindAsync("a", Ct));
        Assert.Null(await inner.FindAsync("b", Ct));
    }

    private sealed class RedrivingStore(ISessionStore inner) : WrappedStore(inner)
    {
        public Func<Task>? Listed { get; set; }

        public override async ValueTask<IReadOnlyList<SessionInfo>> ListAsync(SessionQuery query, CancellationToken cancellationToken = default)
        {
            var listed = await base.ListAsync(query, cancellationToken);
            if (Listed is { } act)
            {
                Listed = null;
                await act();
            }

            return listed;
        }
    }
}
