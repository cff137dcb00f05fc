using System.Runtime.ExceptionServices;
using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Sessions of agents and plans that the actions of a session run.</summary>
internal sealed partial class SessionRun
{
    /// <summary>The children whose spending has been counted, by their ids: another attempt finds the same child. Guarded by the gate.</summary>
    private readonly HashSet<string> _counted = [];

    public override async ValueTask<TResult> RunChildAsync<TSelf, TInput, TResult>(int action, int item, string id, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
    {
        var rest = await ChildAsync(action, item, id, agent, input, cancellationToken).ConfigureAwait(false);
        if (rest.Error is not null)
        {
            ExceptionDispatchInfo.Throw(rest.Error);
        }

        return rest.Result is null ? default! : (TResult)rest.Result;
    }

    public override async ValueTask<PlanReport> RunPlanAsync(int action, int item, string id, PlanAgent agent, JsonElement inputs, CancellationToken cancellationToken)
    {
        var rest = await ChildAsync(action, item, id, agent, inputs, cancellationToken).ConfigureAwait(false);
        if (rest.Error is OperationCanceledException or UncertainSessionException || (rest.Error is not null && IsBroken))
        {
            ExceptionDispatchInfo.Throw(rest.Error);
        }

        var host = new AgentHost<PlanAgent, JsonElement, JsonElement>(agent);
        return await _runtime.WithRunAsync(host, id, long.MaxValue, (run, _) => ((PlanRun)run).ToReport(rest.Error), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes on with a child, or starts it, to its end. What it has spent counts here as well.</summary>
    private async ValueTask<SessionRest> ChildAsync<TSelf, TInput, TResult>(int action, int item, string id, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var child = await _runtime.StartOrResumeAsync(agent, input, new SessionOptions { Id = id, Parent = Session, Mode = _claim.Info.Mode, Durability = Durability }, cancellationToken).ConfigureAwait(false);
        try
        {
            var rest = await child.WhenEndedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            Count(action, item, id, rest.Usage);
            return rest;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !IsBroken && _held is null)
        {
            await child.CancelAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private void Count(int action, int item, string child, RunUsage usage)
    {
        lock (_gate)
        {
            if (!_counted.Add(child))
            {
                return;
            }
        }

        _run.ReportUsage(action, item, usage);
    }
}
