using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A session that ended, or was paused, after a worker had found it due and before it had claimed it, went on all the same; one of a child that
/// did so, and was claimed by a third worker then, failed its parent with an error of the engine.
/// </summary>
public sealed class SessionsWentOnAfterTheirEndTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_has_ended_before_the_claim_stays_as_it_is(bool completes)
    {
        await using var memory = new MemorySessionStore();
        await using var first = new AgentRuntime(memory);
        var shop = new Kiosk();
        var session = await first.StartAsync(shop, 1, new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        var store = new Meanwhile(memory, async () =>
        {
            await session.ApproveAsync(completes, cancellationToken: Ct);
            Assert.Equal(completes ? SessionState.Completed : SessionState.Failed, await EndOfAsync(session));
        });
        SessionInfo before;
        await using (var second = new AgentRuntime(store))
        {
            var resumed = await second.ResumeAsync(shop, "s", Ct);
            await store.Released.WaitAsync(Patience, Ct);
            before = (await memory.FindAsync("s", Ct))!;
            Assert.Equal(completes ? SessionState.Completed : SessionState.Failed, await EndOfAsync(resumed));
        }

        var after = (await memory.FindAsync("s", Ct))!;
        Assert.Equal((before.Sequence, before.State, (string?)null), (after.Sequence, after.State, after.Owner));
        Assert.Equal(store.Sequence, after.Sequence);
        Assert.Equal((1, completes ? 0 : 1), (shop.Reserved, shop.Released));
    }

    [Fact]
    public async Task What_was_paused_before_the_claim_stays_paused()
    {
        await using var memory = new MemorySessionStore();
        var shop = new Kiosk();
        await using (var first = new AgentRuntime(memory))
        {
            await (await first.StartAsync(shop, 1, new() { Id = "s" }, Ct)).WaitAsync(Ct);
        }

        await using var desk = new AgentRuntime(memory, new() { Wakes = false });
        await desk.SignalAsync("s", "Approve", JsonElement.Parse("true"), cancellationToken: Ct);
        var session = await desk.FindAsync(shop, "s", Ct);
        var store = new Meanwhile(memory, async () => await session!.PauseAsync(Ct));
        await using var second = new AgentRuntime(store);
        second.Register(shop);
        await store.Released.WaitAsync(Patience, Ct);
        Assert.Equal(SessionState.Paused, (await memory.FindAsync("s", Ct))!.State);

        // Whoever asks for it has it go on.
        await second.ResumeAsync(shop, "s", Ct);
        Assert.Equal(SessionState.Completed, await EndOfAsync(session!));
    }

    private static async Task<SessionState> EndOfAsync(Session<Kiosk, string> session)
    {
        await ((Task)session.Result.WaitAsync(Patience, Ct)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (await session.GetInfoAsync(Ct)).State;
    }

    /// <summary>A store in which something happens before the first claim is made.</summary>
    private sealed class Meanwhile(ISessionStore inner, Func<Task> before) : WrappedStore(inner)
    {
        private readonly ISessionStore _inner = inner;
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _claims;

        /// <summary>Completes when what was claimed is given up, with a record or without.</summary>
        public Task Released => _released.Task;

        /// <summary>How many records there were when it was claimed.</summary>
        public long Sequence { get; private set; }

        public override async ValueTask<SessionClaim?> ClaimAsync(string id, string owner, TimeSpan lease, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _claims) == 1)
            {
                await before();
                Sequence = (await _inner.FindAsync(id, cancellationToken))!.Sequence;
            }

            return await base.ClaimAsync(id, owner, lease, cancellationToken);
        }

        public override async ValueTask ReleaseAsync(SessionClaim claim, CancellationToken cancellationToken = default)
        {
            await base.ReleaseAsync(claim, cancellationToken);
            _released.TrySetResult();
        }

        public override async ValueTask<DateTimeOffset> AppendAsync(SessionAppend append, CancellationToken cancellationToken = default)
        {
            try
            {
                return await base.AppendAsync(append, cancellationToken);
            }
            finally
            {
                if (append.Releases)
                {
                    _released.TrySetResult();
                }
            }
        }
    }
}

[Agent]
public sealed partial class Kiosk
{
    private int _reserved;
    private int _released;

    internal int Reserved => Volatile.Read(ref _reserved);

    internal int Released => Volatile.Read(ref _released);

    [Action, Compensate(nameof(Release))]
    private string Reserve([Input] int order) => $"{order} {Interlocked.Increment(ref _reserved)}";

    private void Release() => Interlocked.Increment(ref _released);

    [Signal]
    private partial Task<bool> Approve([From(nameof(Reserve))] string reserved);

    [Action, Result]
    private static string Pay([From(nameof(Approve))] bool approved) => approved ? "paid" : throw new InvalidOperationException("no");
}
