using System.Runtime.ExceptionServices;
using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Sessions of agents and plans that the actions of a session run.</summary>
internal sealed partial class SessionRun
{
    /// <summary>What was counted of the children's spending, by their ids: another attempt finds the same child. Guarded by the gate, as is the next.</summary>
    private readonly Dictionary<string, RunUsage> _counted = new(StringComparer.Ordinal);

    /// <summary>How many children each attempt under way has asked for.</summary>
    private readonly Dictionary<(int Action, int Item, bool IsUndoing), ChildCount> _children = [];

    private readonly record struct ChildCount(int Iteration, int Attempt, int Calls);

    public override ChildCall BeginChild(int action, int iteration, int item, int attempt, ChildOptions? options)
    {
        StoreTransaction.ThrowIfWithin(_runtime.Store);
        _mayHaveChildren = true;
        _runtime.Options.Run.CheckDepth(ChildId.DepthOf(Session), _run.Plan.NameOf(action));
        var place = new ActionPlace(iteration, _run.Plan.NameOf(action), item);
        bool isUndoing;
        lock (_gate)
        {
            // Nothing but compensations runs then: their children are not those of the actions that they undo.
            isUndoing = _isEnding;
        }

        var call = options?.Key is null ? CountChild(action, iteration, item, attempt, isUndoing) : 0;
        var whole = place with { Item = -1 };
        var renewals = Math.Max(_history.Renewals(place), _history.Renewals(whole));

        // What was cut short between two attempts has no outcome that could have been struck.
        var redrives = isUndoing || attempt > 1 || iteration <= _history.RestartedIn;

        // Earlier versions knew one child of an action.
        var legacy = call <= 1 && renewals == 0 && !isUndoing ? ChildId.LegacyOf(Session, place) : null;
        var name = new ChildId(Session, place, renewals, isUndoing, call, options?.Key);
        return new(action, item, name, legacy, redrives, isUndoing ? 0 : _history.Restarts, options?.WaitsForSettlement ?? true);
    }

    public override async ValueTask<TResult> RunChildAsync<TSelf, TInput, TResult>(ChildCall call, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
    {
        var (_, rest) = await ChildAsync(call, agent, input, cancellationToken).ConfigureAwait(false);
        if (rest.Error is not null)
        {
            ExceptionDispatchInfo.Throw(rest.Error);
        }

        return rest.Result is null ? default! : (TResult)rest.Result;
    }

    public override async ValueTask<PlanReport> RunPlanAsync(ChildCall call, PlanAgent agent, JsonElement inputs, CancellationToken cancellationToken)
    {
        var (id, rest) = await ChildAsync(call, agent, inputs, cancellationToken).ConfigureAwait(false);
        if (rest.Error is OperationCanceledException or UncertainSessionException || (rest.Error is not null && IsBroken))
        {
            ExceptionDispatchInfo.Throw(rest.Error);
        }

        var host = new AgentHost<PlanAgent, JsonElement, JsonElement>(agent);
        try
        {
            PlanReport Read(AgentRun run, SessionLoader loader) => ((PlanRun)run).ToReport(rest.Error);
            return await WhenReadableAsync(
                () => _runtime.WithRunAsync(host, id, long.MaxValue, Read, cancellationToken).AsTask(),
                call,
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfEngine(e))
        {
            throw await GivenUpAsync(call, e).ConfigureAwait(false);
        }
    }

    /// <summary>Resumes a child, or starts it, and waits for its end.</summary>
    private async ValueTask<(string Child, SessionRest Reached)> ChildAsync<TSelf, TInput, TResult>(ChildCall call, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        try
        {
            return await FollowChildAsync(call, agent, input, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfEngine(e))
        {
            throw await GivenUpAsync(call, e).ConfigureAwait(false);
        }
    }

    /// <summary>Resumes a child, or starts it, to its end. What it has spent counts here as well.</summary>
    private async ValueTask<(string Child, SessionRest Reached)> FollowChildAsync<TSelf, TInput, TResult>(ChildCall call, IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        // Another worker that goes on here calls the child with the inputs of this one: what they are made of is recorded first.
        if (Durability != Durability.Step)
        {
            await FlushAsync().ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var options = new SessionOptions { Parent = Session, Mode = _claim.Info.Mode, Durability = Durability };

        // Not stopped half way: a child that nobody knows of would go on by itself.
        var (child, found) = await WhenReadableAsync(
            async () => await _runtime.StartOrResumeChildAsync(agent, input, options, call, CancellationToken.None).ConfigureAwait(false),
            call,
            cancellationToken).ConfigureAwait(false);

        // A child that was cancelled with an attempt has not had its chance. One that failed is tried again by the next attempt, not by the
        // one in which it fails.
        var renews = found is not null && (call.Redrives || found.State == SessionState.Cancelled);
        var retries = found is { State: SessionState.Failed } && call.Redrives;
        try
        {
            while (true)
            {
                var rest = await WhenReadableAsync(
                    () => WhileAtWorkAsync(child.WhenEndedAsync, call, cancellationToken),
                    call,
                    cancellationToken).ConfigureAwait(false);
                if (rest.State == SessionState.Running)
                {
                    if (IsLeaving)
                    {
                        throw await LeaveBehindAsync(call).ConfigureAwait(false);
                    }

                    // Only the child was given up: its writing has failed. It is woken when its lease has run out.
                    continue;
                }

                if (rest.State == SessionState.Uncertain && call.WaitsForSettlement)
                {
                    await WhenReadableAsync(
                        () => WhileAtWorkAsync(child.WhenSettledAsync, call, cancellationToken),
                        call,
                        cancellationToken).ConfigureAwait(false);
                }
                else if ((retries && rest.State == SessionState.Failed)
                    || (rest.State == SessionState.Cancelled
                        && (renews || await WasCancelledBeforeAsync(found, call, cancellationToken).ConfigureAwait(false))))
                {
                    renews = retries = false;
                    found = null;
                    await WhenReadableAsync(
                        async () =>
                        {
                            await _runtime.RedriveChildAsync(agent, child.Id, cancellationToken).ConfigureAwait(false);
                            return true;
                        },
                        call,
                        cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    Count(call, child.Id, rest.Usage);
                    return (child.Id, rest);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !IsBroken && _held is null)
        {
            if (await CancelAsync(child, call).ConfigureAwait(false) is { State: SessionState.Completed } rest)
            {
                // What it has done stands: the action has done it too, and may have to undo it.
                Count(call, child.Id, rest.Usage);
                return (child.Id, rest);
            }

            throw;
        }
    }

    /// <summary>
    /// Whether the cancellation of a child was asked for before this attempt found it: by one that a worker has left unfinished.
    /// </summary>
    private async ValueTask<bool> WasCancelledBeforeAsync(SessionInfo? found, ChildCall call, CancellationToken cancellationToken)
    {
        if (found is null)
        {
            return false;
        }

        var asked = await WhenReadableAsync(
            () => _runtime.LastCancellationAsync(found.Id, cancellationToken).AsTask(),
            call,
            cancellationToken).ConfigureAwait(false);
        return asked > 0 && asked <= found.Sequence;
    }

    /// <summary>Which call of its attempt this is, from 1.</summary>
    private int CountChild(int action, int iteration, int item, int attempt, bool isUndoing)
    {
        lock (_gate)
        {
            var count = _children.GetValueOrDefault((action, item, isUndoing));
            if (count.Iteration != iteration || count.Attempt < attempt)
            {
                count = new(iteration, attempt, 0);
            }
            else if (count.Attempt > attempt)
            {
                throw new InvalidOperationException($"Action '{_run.Plan.NameOf(action)}' runs a child for attempt {attempt}, which is over.");
            }

            _children[(action, item, isUndoing)] = count = count with { Calls = count.Calls + 1 };
            return count.Calls;
        }
    }

    private void Count(in ChildCall call, string child, RunUsage usage)
    {
        RunUsage before;
        lock (_gate)
        {
            before = _counted.GetValueOrDefault(child);
            _counted[child] = usage;
        }

        // One that was redriven has spent more since.
        if (usage != before)
        {
            _run.ReportUsage(call.Action, call.Item, new(Math.Max(0, usage.Tokens - before.Tokens), Math.Max(0, usage.Cost - before.Cost)));
        }
    }
}
