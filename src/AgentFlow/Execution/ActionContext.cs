using System.Globalization;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// What surrounds one attempt of an action. Take it as a parameter; it is valid until the action has ended, and using it afterwards is an
/// <see cref="InvalidOperationException"/>.
/// </summary>
public readonly struct ActionContext
{
    private readonly AgentRun? _run;
    private readonly AttemptClock? _clock;
    private readonly int _action;
    private readonly int _item;

    /// <summary>The iteration; 0 if it is the one that the run is in.</summary>
    private readonly int _iteration;
    private readonly short _version;
    private readonly short _attempt;

    internal ActionContext(AgentRun run, short version, int action, int iteration, int attempt, int item, AttemptClock? clock)
    {
        _run = run;
        _version = version;
        _action = action;
        _item = item;
        _iteration = iteration;
        _clock = clock;
        _attempt = clock?.Version ?? 0;
        Attempt = attempt;
    }

    /// <summary>The id of the run, unique to it.</summary>
    public string RunId => Run.Id;

    /// <summary>The id of the session that the run belongs to; <see langword="null"/> outside sessions.</summary>
    public string? SessionId => Run.Recorder?.Session;

    /// <summary>
    /// The transaction of the session store in which an action with <see cref="Effect.Transactional"/> writes: it is committed with the
    /// action's outcome, and rolled back if the action fails. Neither commit it nor roll it back.
    /// </summary>
    /// <exception cref="InvalidOperationException">The action is not transactional, or the run belongs to no session.</exception>
    public System.Data.Common.DbTransaction Transaction => Run.Recorder?.TransactionOf(_action)
        ?? throw new InvalidOperationException($"Action '{Action}' has no transaction: only actions with Effect.Transactional have one, and only in a session.");

    /// <summary>The id of the agent.</summary>
    public string Agent => Run.Plan.Graph.Name;

    /// <summary>The id of the action.</summary>
    public string Action => Run.Plan.NameOf(_action);

    /// <summary>The attempt, from 1.</summary>
    public int Attempt { get; }

    /// <summary>The iteration, from 1.</summary>
    public int Iteration => Run is var run && _iteration > 0 ? _iteration : run.Iteration;

    /// <summary>The index of the element in a for-each; otherwise <see langword="null"/>.</summary>
    public int? Item => _item < 0 ? null : _item;

    /// <summary>The same for every attempt of this action in this iteration (and for this element), and for nothing else: <c>run/iteration/action/item</c>.</summary>
    public string IdempotencyKey => string.Create(CultureInfo.InvariantCulture, $"{RunId}/{Iteration}/{Action}/{(_item < 0 ? 0 : _item)}");

    /// <summary>The clock of the run.</summary>
    public TimeProvider TimeProvider => Run.Options.TimeProvider;

    /// <summary>
    /// The services of the run, if it has any: a scope of <see cref="RunOptions.Services"/> that lives as long as the run is at work,
    /// fire-and-forget actions and compensations
    /// included. Runs of other agents as part of this action have scopes of their own.
    /// </summary>
    public IServiceProvider? Services => Run.ScopedServices;

    /// <summary>
    /// What the run has spent until now: what its actions have reported by <see cref="ReportUsage"/>, calls of models among it, and what its children have, in a session once
    /// they have ended. What was recorded before a crash counts.
    /// </summary>
    public RunUsage Usage => Run.Usage;

    /// <summary>
    /// The elements that <see cref="ForEachAttribute.AllowPartialFailure"/> has left out of an action's output in this iteration, and why
    /// each has failed
    /// (<see cref="ActionFailedException.Item"/>, <see cref="Exception.InnerException"/>), in the order of the elements; not more than
    /// 1,000. For actions that take that output; in a session after a resumption too.
    /// </summary>
    /// <param name="action">The id of the action with the for-each.</param>
    /// <returns>The failures; none if every element has completed.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    public IReadOnlyList<ActionFailedException> FailuresOf(string action)
    {
        var run = Run;
        return run.ElementFailuresOf(AgentRuntime.IndexOf(run.Plan.Graph, action));
    }

    /// <summary>Whether somebody reads the run's events, so that a costly one need not be made in vain.</summary>
    public bool IsObserved => Run.IsObserved;

    private AgentRun Run => _run is { } run && run.IsCurrent(_version)
        ? run
        : throw new InvalidOperationException("The action context is used after its action has ended, or was never given to one.");

    /// <summary>
    /// Runs another agent as part of this action. In a session it is a session of its own, whose parent is this one: after a crash it goes on where it stood. Which child that is, is told by
    /// the order of the action's calls: when the action runs again, its n-th call finds its n-th child. Another attempt under <see cref="RetryAttribute"/> keeps the children that have
    /// completed and runs those again that have failed. Outside sessions it is an ordinary run. What it spends counts as this run's, too.
    /// </summary>
    /// <typeparam name="TSelf">The other agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The other agent.</param>
    /// <param name="input">The arguments.</param>
    /// <param name="cancellationToken">The action's token: it cancels the other agent too.</param>
    /// <returns>The other agent's result.</returns>
    /// <exception cref="ChildMismatchException">The action runs again and asks for another child than before.</exception>
    /// <exception cref="ChildDepthExceededException">There are too many runs one inside the other.</exception>
    /// <exception cref="InvalidOperationException">The action has <see cref="Effect.Transactional"/>: the child would wait for the store, and the store for the action.</exception>
    public ValueTask<TResult> RunChildAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult> => RunChildAsync(agent, input, options: null, cancellationToken);

    /// <inheritdoc cref="RunChildAsync{TSelf, TInput, TResult}(IDurableAgent{TSelf, TInput, TResult}, TInput, CancellationToken)"/>
    /// <param name="agent">The other agent.</param>
    /// <param name="input">The arguments.</param>
    /// <param name="options">What the child is known by, and what happens when it is uncertain. Outside sessions without effect.</param>
    /// <param name="cancellationToken">The action's token: it cancels the other agent too.</param>
    public ValueTask<TResult> RunChildAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, ChildOptions? options, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        var run = Run;
        return run.Recorder is { } recorder
            ? recorder.RunChildAsync(recorder.BeginChild(_action, Iteration, _item, Attempt, options), agent, input, cancellationToken)
            : agent.RunAsync(input, run.Options.For(this), cancellationToken);
    }

    /// <summary>Options for runs of other agents as part of this action that are no children: what they spend counts as this run's.</summary>
    /// <param name="options">The options to begin with. Default: those of this run.</param>
    /// <returns>The options; valid until the action has ended.</returns>
    public RunOptions OptionsForChild(RunOptions? options = null) => (options ?? Run.Options).For(this);

    /// <summary>
    /// Runs a plan as part of this action and returns a report of its outcome, including its failures. In a session it is a child session,
    /// as with
    /// <see cref="RunChildAsync{TSelf, TInput, TResult}(IDurableAgent{TSelf, TInput, TResult}, TInput, CancellationToken)"/>: after a crash it goes on where it stood. Its graph is told as <see cref="AgentEventKind.PlanGenerated"/>.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="inputs">An object with its inputs; may be left out if it has none.</param>
    /// <param name="cancellationToken">The action's token: it cancels the plan too.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The inputs do not fit the plan's.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<PlanReport> RunPlanAsync(Plan plan, System.Text.Json.JsonElement inputs, CancellationToken cancellationToken)
    {
        var run = Run;
        var agent = new PlanAgent(plan);
        var call = run.Recorder?.BeginChild(_action, Iteration, _item, Attempt, options: null);
        await EmitAsync(new() { Kind = AgentEventKind.PlanGenerated, Value = plan.Graph }).ConfigureAwait(false);
        return run.Recorder is { } recorder
            ? await recorder.RunPlanAsync(call!.Value, agent, inputs, cancellationToken).ConfigureAwait(false)
            : await agent.TryRunAsync(inputs, run.Options.For(this), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells that the attempt is alive; restarts its idle time-out.</summary>
    public void Heartbeat()
    {
        _ = Run;
        _clock?.Heartbeat(_attempt);
    }

    /// <summary>Tells how far the action has come, and that it is alive.</summary>
    /// <param name="fraction">From 0 to 1.</param>
    /// <param name="message">A note for people.</param>
    /// <returns>Completes once there is room for the event; at once when nobody reads.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is not between 0 and 1.</exception>
    public ValueTask EmitProgressAsync(double fraction, string? message = null)
    {
        if (!(fraction is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "Progress goes from 0 to 1.");
        }

        return EmitAsync(new() { Kind = AgentEventKind.Progress, Progress = fraction, Message = message });
    }

    /// <summary>Tells a token of a language model, and that the attempt is alive.</summary>
    /// <param name="token">The token.</param>
    /// <returns>Completes once there is room for the event; at once when nobody reads.</returns>
    public ValueTask EmitTokenAsync(string token) => EmitAsync(new() { Kind = AgentEventKind.LlmToken, Message = token });

    /// <summary>Tells a thought, and that the attempt is alive.</summary>
    /// <param name="thought">The thought.</param>
    /// <returns>Completes once there is room for the event; at once when nobody reads.</returns>
    public ValueTask EmitThoughtAsync(string thought) => EmitAsync(new() { Kind = AgentEventKind.Thought, Message = thought });

    /// <summary>Tells an event of the user's own, and that the attempt is alive.</summary>
    /// <typeparam name="T">The payload.</typeparam>
    /// <param name="name">The name of the event.</param>
    /// <param name="payload">The payload; <see cref="AgentEvent.TryGetValue"/> gives it back.</param>
    /// <returns>Completes once there is room for the event; at once when nobody reads.</returns>
    public ValueTask EmitAsync<T>(string name, T payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return IsObserved ? EmitAsync(new() { Kind = AgentEventKind.Custom, Name = name, Value = payload }) : EmitAsync(default);
    }

    /// <summary>Counts what a call has spent against the agent's <see cref="BudgetAttribute"/>.</summary>
    /// <param name="tokens">Tokens used.</param>
    /// <param name="cost">Cost, in the user's own currency.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative.</exception>
    public void ReportUsage(long tokens, double cost = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(cost);
        Run.ReportUsage(_action, _item, new(tokens, cost));
    }

    /// <summary>How many runs there are above this one.</summary>
    internal int Depth => Run.Recorder is { } recorder ? ChildId.DepthOf(recorder.Session) : Run.Options.Depth;

    /// <summary>Counts what a child has spent. One that was let go may outlive the action.</summary>
    internal void ReportChild(RunUsage usage)
    {
        if (_run is { } run && run.IsCurrent(_version))
        {
            run.ReportUsage(_action, _item, usage);
        }
    }

    internal ValueTask EmitOutputAsync(object? value) => EmitAsync(new() { Kind = AgentEventKind.ActionOutput, Value = value });

    private ValueTask EmitAsync(AgentEvent e)
    {
        var run = Run;
        _clock?.Heartbeat(_attempt);
        return run.EmitAsync(_action, Attempt, _item, e);
    }
}
