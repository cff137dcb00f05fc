namespace AgentFlow.CompilerServices;

/// <content>Attempts of actions that write in the store's own transaction.</content>
public static partial class ActionExecution
{
    /// <summary>
    /// Makes one attempt, or calls the fallback, in a transaction of its own. If it fails, the transaction is rolled back before this method
    /// ends, so that neither the next attempt nor the store waits for it; if it succeeds, the transaction commits with the action's outcome.
    /// </summary>
    private static async ValueTask<TResult> TransactedAsync<TCall, TResult>(
        AgentRun run, int action, int iteration, int attempt, int item, ActionPolicy policy, TCall call, Exception? failure, CancellationToken token)
        where TCall : struct, IActionCall<TResult>
    {
        var recorder = run.Recorder!;
        var transaction = await recorder.BeginTransactionAsync(action, token).ConfigureAwait(false);
        try
        {
            token.ThrowIfCancellationRequested();
            transaction.Enter();
            using var both = CancellationTokenSource.CreateLinkedTokenSource(token, transaction.Expiry);
            var context = new ActionContext(run, run.CurrentVersion, action, iteration, attempt, item, clock: null);
            if (failure is not null)
            {
                return await call.FallBackAsync(failure, context, both.Token).ConfigureAwait(false);
            }

            var value = policy.HasTimeout
                ? await TimedAsync<TCall, TResult>(run, action, iteration, attempt, item, policy, call, both.Token).ConfigureAwait(false)
                : await InvokeAsync<TCall, TResult>(policy, call, context, both.Token).ConfigureAwait(false);

            // Within the transaction: an attempt whose value will not do has failed like any other.
            call.Ensure(value);
            return transaction.IsExpired ? throw recorder.TransactionTimedOut(action, null) : value;
        }
        catch (Exception e)
        {
            await transaction.RollBackAsync().ConfigureAwait(false);
            if (transaction.IsExpired && e is not TransactionTimeoutException && !token.IsCancellationRequested)
            {
                throw recorder.TransactionTimedOut(action, e);
            }

            throw;
        }
    }
}
