using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Sessions of agents and plans that the actions of a session run.</summary>
internal sealed partial class SessionRun
{
    public override async ValueTask<TResult> RunChildAsync<TSelf, TInput, TResult>(string id, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
    {
        var child = await _runtime.StartOrResumeAsync(agent, input, new SessionOptions { Id = id, Parent = Session, Mode = _claim.Info.Mode, Durability = Durability }, cancellationToken).ConfigureAwait(false);
        try
        {
            return await child.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !IsBroken && _held is null)
        {
            await child.CancelAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask<PlanReport> RunPlanAsync(string id, PlanAgent agent, System.Text.Json.JsonElement inputs, CancellationToken cancellationToken)
    {
        Exception? error = null;
        try
        {
            await RunChildAsync(id, agent, inputs, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or UncertainSessionException) && !IsBroken)
        {
            error = e;
        }

        var host = new AgentHost<PlanAgent, System.Text.Json.JsonElement, System.Text.Json.JsonElement>(agent);
        return await _runtime.WithRunAsync(host, id, long.MaxValue, (run, _) => ((PlanRun)run).ToReport(error), cancellationToken).ConfigureAwait(false);
    }
}
