using Microsoft.Data.Sqlite;

namespace AgentFlow;

/// <summary>
/// The connection that writes, lent to an action with <see cref="Effect.Transactional"/> while its transaction is open. What an attempt has left
/// behind may still hold it when the next attempt, or another session, writes through it: such code is refused.
/// </summary>
internal sealed class LentConnection(string path, string connectionString) : SqliteConnection(connectionString)
{
    /// <inheritdoc />
    /// <remarks>Every command asks for it before it runs.</remarks>
    protected override SqliteTransaction? Transaction
    {
        get
        {
            RefuseLatecomers();
            return base.Transaction;
        }

        set => base.Transaction = value;
    }

    private string Path => path;

    /// <summary>Refuses writing to a file whose writer waits for the calling code.</summary>
    /// <exception cref="InvalidOperationException">The calling code belongs to an open transaction of the file.</exception>
    public static void ThrowIfLentHere(string path)
    {
        if (StoreTransaction.Ambient is { IsOver: false, Connection: LentConnection connection } transaction && connection.Path == path)
        {
            throw transaction.Refusal();
        }
    }

    /// <inheritdoc />
    public override SqliteCommand CreateCommand()
    {
        RefuseLatecomers();
        return base.CreateCommand();
    }

    private void RefuseLatecomers()
    {
        if (StoreTransaction.Ambient is { IsOver: true } transaction && ReferenceEquals(transaction.Connection, this))
        {
            throw new InvalidOperationException("The transaction of this action is over, and its connection is the store's again. An action must not go on writing after its attempt has ended or timed out.");
        }
    }
}
