using System.Data.Common;

namespace AgentFlow;

/// <summary>
/// The transaction of the store in which one attempt of an action writes, from the moment the attempt asks for it until the store has ended it.
/// An attempt that fails has it rolled back before the next one begins; the one that succeeds leaves it open, and it commits with the outcome.
/// </summary>
/// <remarks>It travels with the attempt's execution context, so that whatever an attempt calls, or has started and left behind, is known by it.</remarks>
#pragma warning disable CA1001 // Its token source has neither a timer nor a wait handle: there is nothing to dispose of.
internal sealed class StoreTransaction(ISessionStore store, int action, string name)
#pragma warning restore CA1001
{
    private static readonly AsyncLocal<StoreTransaction?> s_ambient = new();

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TransactionEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _expiry = new();
    private volatile DbTransaction? _inner;
    private volatile DbConnection? _connection;

    /// <summary>The one that the calling code belongs to, be it open or over.</summary>
    public static StoreTransaction? Ambient => s_ambient.Value;

    public int Action => action;

    /// <summary>What the store has given; null before that.</summary>
    public DbTransaction? Inner => _inner;

    /// <summary>What it writes through; known also when it is over.</summary>
    public DbConnection? Connection => _connection;

    /// <summary>Completes when the store has begun it; cancelled if the store never does.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Cancelled when its time is up.</summary>
    public CancellationToken Expiry => _expiry.Token;

    /// <summary>Whether its time was up before it was ended.</summary>
    public bool IsExpired => ReferenceEquals(End, TransactionEnd.Expired);

    /// <summary>Whether nothing can be written in it any more.</summary>
    public bool IsOver => _ended.Task.IsCompleted;

    /// <summary>What it was ended with; null while it is open.</summary>
    public TransactionEnd? End => _ended.Task.IsCompletedSuccessfully ? _ended.Task.Result : null;

    /// <summary>Refuses what would wait for a store that waits for the calling code.</summary>
    /// <exception cref="InvalidOperationException">The calling code belongs to an open transaction of the store.</exception>
    public static void ThrowIfWithin(ISessionStore store)
    {
        if (s_ambient.Value is { IsOver: false } transaction && transaction.IsOf(store))
        {
            throw transaction.Refusal();
        }
    }

    public bool IsOf(ISessionStore other) => ReferenceEquals(store, other);

    public InvalidOperationException Refusal() => new(
        $"Action '{name}' has Effect.Transactional: while its transaction is open it must not start, signal, change or wait for sessions of the same store, run children or plans, or write to the store by other ways than ActionContext.Transaction. The store waits for the action, and the action would wait for the store. Do it in an action of its own that depends on this one.");

    /// <summary>Makes the calling code, and whatever it calls, part of this transaction, until the calling method returns.</summary>
    public void Enter() => s_ambient.Value = this;

    /// <summary>The store has begun it.</summary>
    /// <returns>Whether anybody still wants it.</returns>
    public bool Begin(DbTransaction inner)
    {
        _connection = inner.Connection;
        _inner = inner;
        return !IsOver;
    }

    /// <summary>Lets the attempt go on that waits for it.</summary>
    public void Announce() => _begun.TrySetResult();

    /// <summary>Ends it: with a record it commits, without one it is rolled back.</summary>
    /// <returns>Whether it was still open.</returns>
    public bool TryEnd(TransactionEnd end) => _ended.TrySetResult(end);

    /// <summary>Rolls it back, if it is still open, and waits until the store has done so.</summary>
    public Task RollBackAsync()
    {
        TryEnd(TransactionEnd.RolledBack);
        return _over.Task;
    }

    /// <summary>Waits until it is ended, or its time is up.</summary>
    public async Task<TransactionEnd> WhenEndedAsync(TimeSpan timeout, TimeProvider clock)
    {
        try
        {
            return await TimerSpan.WaitAsync(_ended.Task, timeout, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (TryEnd(TransactionEnd.Expired))
            {
                // Users' code runs here; the store does not wait for it.
                _ = _expiry.CancelAsync();
            }

            return await _ended.Task.ConfigureAwait(false);
        }
    }

    /// <summary>The store is done with it.</summary>
    public void Close()
    {
        TryEnd(TransactionEnd.RolledBack);
        _begun.TrySetCanceled(CancellationToken.None);
        _over.TrySetResult();
    }
}
