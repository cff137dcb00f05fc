namespace AgentFlow.CompilerServices;

/// <summary>What stands between a run and its session: it records what actions come to before that counts, and says when they must wait.</summary>
internal abstract class RunRecorder
{
    /// <summary>What is to be done with an action that is ready.</summary>
    public enum Preparation
    {
        /// <summary>Start it.</summary>
        Start,

        /// <summary>Something has to be recorded first; <see cref="AgentRun.StartPrepared"/> will be called.</summary>
        Later,

        /// <summary>It waits for the outside world, or for a time. It costs nothing meanwhile.</summary>
        Suspend,

        /// <summary>It does not start: the session was given up. It was settled.</summary>
        Refuse,
    }

    /// <summary>The id of the session.</summary>
    public abstract string Session { get; }

    /// <summary>Decides about an action that is ready. It counts as started already. Called outside the run's gate.</summary>
    public abstract Preparation Prepare(int action);

    /// <summary>An action that something had to be recorded for begins.</summary>
    internal virtual void Starting(int action)
    {
    }

    /// <summary>Whether it is recorded that the time of an action is over. Called inside the run's gate.</summary>
    public abstract bool HasTimerFired(int action);

    /// <summary>Records what an action came to; its value is in the state. <see cref="AgentRun.SettleRecorded"/> will be called.</summary>
    public abstract void Record(int action, ActionStatus status, Exception? error);

    /// <summary>Records the end of a fire-and-forget action, if the session is still at hand.</summary>
    public abstract void RecordForgotten(int action, int iteration, Exception? error);

    /// <summary>The elements of an action of which an end is recorded, in the order of the journal.</summary>
    public abstract IReadOnlyList<int> RecordedItems(int action, int iteration);

    /// <summary>Finds the recorded value, or the recorded failure, of one element.</summary>
    public abstract bool TryGetItem<T>(int action, int iteration, int item, out T value, out Exception? failure);

    /// <summary>The recorded values of the elements of an action that have completed, in the order of the sequence; null if there are none.</summary>
    public abstract Array? CompletedElements(int action, int iteration);

    /// <summary>Records what one element came to.</summary>
    /// <returns>Completes when it is recorded.</returns>
    public abstract ValueTask RecordItemAsync<T>(int action, int iteration, int item, T value, Exception? failure);

    /// <summary>Something that works on elements of an action begins (1) or has ended (-1).</summary>
    internal virtual void CountWorkers(int action, int change)
    {
    }

    /// <summary>Records that one element of an action that must happen at most once is about to start.</summary>
    /// <returns>Completes when it is recorded.</returns>
    public abstract ValueTask RecordItemIntentAsync(int action, int iteration, int item);

    /// <summary>Records that one element was not begun after all: the action was cut short meanwhile.</summary>
    /// <returns>Completes when it is recorded.</returns>
    public abstract ValueTask WithdrawItemIntentAsync(int action, int iteration, int item);

    /// <summary>The transaction of an action that writes in the store's own, or null.</summary>
    public abstract System.Data.Common.DbTransaction? TransactionOf(int action);

    /// <summary>Begins the transaction in which an attempt of an action writes. If the attempt succeeds, it is left open: it commits with the outcome.</summary>
    public abstract ValueTask<StoreTransaction> BeginTransactionAsync(int action, CancellationToken cancellationToken);

    /// <summary>What an attempt fails with whose transaction took too long.</summary>
    public abstract TransactionTimeoutException TransactionTimedOut(int action, Exception? error);

    /// <summary>Whether somebody reads the session's events.</summary>
    public abstract bool IsObserved { get; }

    /// <summary>Tells those who read the session's events. One that is slow loses what is not in the journal.</summary>
    public abstract void Emit(AgentEvent e);

    /// <summary>Counts what an attempt of an action, or of one element of it, has spent.</summary>
    public abstract void Spend(int action, int item, RunUsage usage);

    /// <summary>Takes note of a call that runs a child, in the order of the calls.</summary>
    public abstract ChildCall BeginChild(int action, int iteration, int item, int attempt, ChildOptions? options);

    /// <summary>Runs another agent as a session of its own that belongs to this one.</summary>
    public abstract ValueTask<TResult> RunChildAsync<TSelf, TInput, TResult>(ChildCall call, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>;

    /// <summary>Runs a plan as a session of its own that belongs to this one.</summary>
    /// <returns>The report of its outcome, including its failures.</returns>
    public abstract ValueTask<PlanReport> RunPlanAsync(ChildCall call, PlanAgent agent, System.Text.Json.JsonElement inputs, CancellationToken cancellationToken);

    /// <summary>Nothing is under way, and what is left waits or is held.</summary>
    public abstract void OnRested();

    /// <summary>The run has come to its end; only undoing may be left.</summary>
    public abstract void OnEnded(Exception? error);

    /// <summary>Whether the undoing of an action is recorded.</summary>
    public abstract bool IsUndone(int action, int iteration);

    /// <summary>Records that an action was undone.</summary>
    /// <returns>Completes when it is recorded.</returns>
    public abstract ValueTask RecordUndoneAsync(int action, int iteration);
}
