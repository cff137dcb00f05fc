using System.Data.Common;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>The recorder of a run that is only looked at: nothing of it starts.</summary>
internal sealed class SessionReader(string session) : RunRecorder
{
    public override string Session => session;

    public override Preparation Prepare(int action) => throw Unexpected();

    public override bool HasTimerFired(int action) => false;

    public override void Record(int action, ActionStatus status, Exception? error) => throw Unexpected();

    public override void RecordForgotten(int action, int iteration, Exception? error) => throw Unexpected();

    public override IReadOnlyList<int> RecordedItems(int action, int iteration) => throw Unexpected();

    public override bool TryGetItem<T>(int action, int iteration, int item, out T value, out Exception? failure) => throw Unexpected();

    public override ValueTask RecordItemAsync<T>(int action, int iteration, int item, T value, Exception? failure) => throw Unexpected();

    public override ValueTask RecordItemIntentAsync(int action, int iteration, int item) => throw Unexpected();

    public override ValueTask WithdrawItemIntentAsync(int action, int iteration, int item) => throw Unexpected();

    public override DbTransaction? TransactionOf(int action) => null;

    public override ValueTask<StoreTransaction> BeginTransactionAsync(int action, CancellationToken cancellationToken) => throw Unexpected();

    public override TransactionTimeoutException TransactionTimedOut(int action, Exception? error) => throw Unexpected();

    public override bool IsObserved => false;

    public override void Emit(AgentEvent e)
    {
    }

    public override void Spend(int action, int item, RunUsage usage) => throw Unexpected();

    public override ChildCall BeginChild(int action, int iteration, int item, int attempt, ChildOptions? options) => throw Unexpected();

    public override ValueTask<TResult> RunChildAsync<TSelf, TInput, TResult>(ChildCall call, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken) => throw Unexpected();

    public override ValueTask<PlanReport> RunPlanAsync(ChildCall call, PlanAgent agent, System.Text.Json.JsonElement inputs, CancellationToken cancellationToken) => throw Unexpected();

    public override void OnRested() => throw Unexpected();

    public override void OnEnded(Exception? error) => throw Unexpected();

    public override Array? CompletedElements(int action, int iteration) => null;

    public override bool IsUndone(int action, int iteration) => false;

    public override ValueTask RecordUndoneAsync(int action, int iteration) => throw Unexpected();

    private static InvalidOperationException Unexpected() => new("A run that is only read was set going.");
}
