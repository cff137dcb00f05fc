using System.Data.Common;

namespace AgentFlow;

/// <summary>A store whose transactions users' code can take part in, for actions with <see cref="Effect.Transactional"/>.</summary>
public interface ITransactionalSessionStore : ISessionStore
{
    /// <summary>Runs users' code in a transaction of the store and adds to the session in the same one.</summary>
    /// <param name="claim">The right to write. It is checked before the code runs, so that a zombie changes nothing.</param>
    /// <param name="body">Writes through the transaction, which it must neither commit nor roll back, and says what to add; null to roll back.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>What the store's clock said.</returns>
    /// <exception cref="FencedException">The session is no longer the claimer's. Nothing was written.</exception>
    /// <exception cref="TransactionRefusedException">The database refuses to commit what the body wrote. Nothing was written.</exception>
    ValueTask<DateTimeOffset> ExecuteAsync(SessionClaim claim, Func<DbTransaction, CancellationToken, ValueTask<SessionAppend?>> body, CancellationToken cancellationToken = default);
}
