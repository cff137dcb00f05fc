using System.Diagnostics;

namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>Whether there is anything to tell anybody.</summary>
    private bool _isObserved;

    private EventStream? _events;
    private RunTelemetry? _telemetry;
    private string? _id;

    /// <summary>The id of the run, made up when first asked for.</summary>
    internal string Id => _id ?? Interlocked.CompareExchange(ref _id, Guid.NewGuid().ToString("n"), null) ?? _id!;

    internal bool IsObserved => _events is not null || _recorder is { IsObserved: true };

    private bool IsThrottled => _events is { IsFull: true };

    /// <summary>Lets the run be seen: by a stream, if one is given, and by whoever listens to traces and metrics.</summary>
    internal void Observe(EventStream? events)
    {
        _events = events;
        _isObserved = true;
        if (AgentTelemetry.IsObserved)
        {
            _telemetry = new RunTelemetry(_plan.Graph.Name, GetType(), _plan.Count);
            _telemetry.Begin();
        }

        Emit(new() { Kind = AgentEventKind.AgentStarted });
        Emit(new() { Kind = AgentEventKind.PlanGenerated, Value = _plan.Graph });
    }

    /// <summary>The reader of a stream has made room in it.</summary>
    internal void ResumeFor(EventStream events)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_events, events) || _resting)
            {
                return;
            }

            _drainers++;
        }

        AdvanceInContext(None, null, entering: false);
    }

    /// <summary>Tells a user's event. Completes at once when nobody reads.</summary>
    internal ValueTask EmitAsync(int action, int attempt, int item, AgentEvent e)
    {
        e = e.Kind == AgentEventKind.ActionOutput ? Withhold(e, action) : e;
        if (_recorder is { IsObserved: true } recorder)
        {
            recorder.Emit(Stamp(e, action, attempt, item));
        }

        return _events is { } events ? events.WriteAsync(Stamp(e, action, attempt, item), Token) : default;
    }

    internal void ObserveRetry(int action, int attempt, int item, Exception error)
    {
        if (_events is not null)
        {
            _events.Write(Stamp(new() { Kind = AgentEventKind.ActionRetrying, Exception = error }, action, attempt, item));
        }
        else if (_recorder is { IsObserved: true } recorder)
        {
            recorder.Emit(Stamp(new() { Kind = AgentEventKind.ActionRetrying, Exception = error }, action, attempt, item));
        }

        AgentTelemetry.ActionRetried(_plan.Graph.Name, GetType(), _plan.NameOf(action), error);
    }

    /// <summary>Tells a stream of an element that has failed. In a session the record of it does.</summary>
    internal void ObserveItemFailure(int action, int iteration, int item, Exception error, bool isLeftOut) =>
        _events?.Write(Stamp(ItemFailed(error, isLeftOut), action, Math.Max(1, _attempts[action]), item, iteration));

    /// <summary>Tells a stream of an element that has completed. In a session the record of it does.</summary>
    internal void ObserveItem<T>(int action, int iteration, int item, T value)
    {
        if (_events is { } events)
        {
            events.Write(Stamp(Withhold(ItemCompleted(value), action), action, Math.Max(1, _attempts[action]), item, iteration));
        }
    }

    /// <summary>What a record of an element tells.</summary>
    internal AgentEvent ToItemEvent(int action, int iteration, int item, object? value, Exception? failure) => failure is null
        ? Stamp(Withhold(ItemCompleted(value), action), action, AttemptsOf(action), item, iteration)
        : Stamp(ItemFailed(failure, isLeftOut: false), action, AttemptsOf(action), item, iteration);

    private static AgentEvent ItemCompleted(object? value) => new() { Kind = AgentEventKind.ActionCompleted, Value = value is Unit ? null : value };

    private static AgentEvent ItemFailed(Exception error, bool isLeftOut) =>
        new() { Kind = AgentEventKind.ActionFailed, Exception = error, Message = isLeftOut ? "The action goes on without it." : null };

    internal void ObserveForgotten(int action, int iteration, Exception? error)
    {
        if (error is not null)
        {
            AgentTelemetry.ActionFailed(_plan.Graph.Name, GetType(), _plan.NameOf(action), error);
        }

        if (_events is { } events)
        {
            var kind = error is null ? AgentEventKind.ActionCompleted : AgentEventKind.ActionFailed;
            events.Write(Stamp(new() { Kind = kind, Exception = error }, action, Math.Max(1, _attempts[action]), None, iteration));
        }
    }

    private void ObserveIterationStart() => Emit(new() { Kind = AgentEventKind.IterationStarted });

    private void ObserveIterationEnd() => Emit(new() { Kind = AgentEventKind.IterationCompleted });

    /// <summary>Tells that an action's body is about to be called, and makes its span the current one. Called outside the gate.</summary>
    private void ObserveStart(int action)
    {
        if (_telemetry is { } telemetry)
        {
            lock (_gate)
            {
                telemetry.Started(action, _plan.NameOf(action));
            }

            Activity.Current = telemetry.ActivityOf(action) ?? Activity.Current;
        }

        if (_events is { } events)
        {
            events.Write(Stamp(new() { Kind = AgentEventKind.ActionStarted }, action, 1, None));
        }
    }

    private void ObserveSettlement(int action, ActionStatus status, Exception? error)
    {
        // What is forgotten tells of its end itself.
        if (_plan.Mode[action] == ActionMode.FireAndForget && status == ActionStatus.Completed)
        {
            return;
        }

        _telemetry?.Settled(action, _plan.NameOf(action), status, error);
        if (_events is null)
        {
            return;
        }

        var attempt = Math.Max(1, _attempts[action]);
        var e = status switch
        {
            ActionStatus.Completed => Stamp(Withhold(new() { Kind = AgentEventKind.ActionCompleted, Value = GetOutput(action) }, action), action, attempt, None),
            ActionStatus.Failed => Stamp(new() { Kind = AgentEventKind.ActionFailed, Exception = error }, action, attempt, None),
            _ when error is not null and not OperationCanceledException =>
                Stamp(new() { Kind = AgentEventKind.ActionFailed, Exception = error, Message = "The run goes on without it." }, action, attempt, None),
            ActionStatus.Blocked => Stamp(new() { Kind = AgentEventKind.ActionSkipped, Message = "Something it depends on failed." }, action, 0, None),
            _ => Stamp(new() { Kind = AgentEventKind.ActionSkipped, Message = WhySkipped(action) }, action, 0, None),
        };
        _events.Write(e);
    }

    private string? WhySkipped(int action) =>
        _lost is null || !_lost[action] ? null
        : _plan.Graph.Actions[action].DelayUnless is >= 0 and var purpose ? $"'{_plan.NameOf(purpose)}' has settled before the delay was over."
        : "Another was first.";

    private void ObserveEnd(Exception? error)
    {
        if (_events is { } events)
        {
            Emit(error is null
                ? Withhold(new() { Kind = AgentEventKind.AgentCompleted, Value = _plan.Result < 0 ? null : GetOutput(_plan.Result) }, _plan.Result)
                : new() { Kind = AgentEventKind.AgentFailed, Exception = error });
            events.Complete();
        }

        _telemetry?.End(error);
    }

    /// <summary>Leaves out what must not be seen.</summary>
    private AgentEvent Withhold(AgentEvent e, int action) =>
        action >= 0 && _plan.Graph.Actions[action].IsSensitive ? e with { Value = null, IsSensitive = true } : e;

    private void Emit(AgentEvent e)
    {
        if (_events is not null)
        {
            _events.Write(Stamp(e, None, 0, None));
        }
    }

    /// <summary>An event of a session, stamped.</summary>
    internal AgentEvent ToEvent(AgentEvent e, int action) => Stamp(e.Kind == AgentEventKind.ActionCompleted ? Withhold(e, action) : e, action, action < 0 ? 0 : AttemptsOf(action), None);

    private AgentEvent Stamp(AgentEvent e, int action, int attempt, int item, int? iteration = null) => e with
    {
        Agent = _plan.Graph.Name,
        Action = action < 0 ? null : _plan.NameOf(action),
        Iteration = iteration ?? Iteration,
        Attempt = attempt,
        Item = item < 0 ? null : item,
        Timestamp = _options.TimeProvider.GetUtcNow(),
    };

    private void ResetObservation()
    {
        _isObserved = false;
        _events = null;
        _telemetry = null;
        _id = null;
    }
}
