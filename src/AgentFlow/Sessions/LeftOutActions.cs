using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// The actions of a session that never start: what they need is absent, or another was first. The journal has no records of them, because they
/// follow from those it has. So readers of a session's events learn of them here, by the rules of the scheduler.
/// </summary>
internal sealed class LeftOutActions(RunPlan plan)
{
    private readonly ActionStatus[] _statuses = new ActionStatus[plan.Count];
    private readonly bool[] _lost = new bool[plan.Count];
    private readonly bool[] _won = new bool[plan.Groups.Length];
    private readonly bool[] _told = new bool[plan.Count];
    private int _iteration = 1;
    private bool _isStopped;

    /// <summary>What has to be told before an event, because it ends an iteration.</summary>
    public IEnumerable<AgentEvent> Before(AgentEvent e)
    {
        var isEnd = e.Kind == AgentEventKind.AgentCompleted || (e.Kind == AgentEventKind.AgentFailed && plan.ContinueOnFailure);
        if (_isStopped || !(isEnd || (IndexOf(e) >= 0 && e.Iteration > _iteration)))
        {
            return [];
        }

        // They were under way, or waited, when another was first. None is any more.
        for (var action = 0; action < plan.Count; action++)
        {
            _statuses[action] = _lost[action] && _statuses[action] <= ActionStatus.Running ? ActionStatus.Skipped : _statuses[action];
        }

        return Follow(e.Timestamp);
    }

    /// <summary>What follows from an event.</summary>
    public IEnumerable<AgentEvent> After(AgentEvent e)
    {
        var action = IndexOf(e);
        if (action < 0 || e.Iteration < _iteration)
        {
            return [];
        }

        if (e.Iteration > _iteration)
        {
            Begin(e.Iteration);
        }

        var isTolerated = plan.IsOptional[action] || plan.Mode[action] == ActionMode.FireAndForget;
        _isStopped |= e.Kind == AgentEventKind.ActionFailed && !isTolerated && !plan.ContinueOnFailure;
        _told[action] = true;
        Settle(action, e.Kind switch
        {
            AgentEventKind.ActionCompleted => ActionStatus.Completed,
            AgentEventKind.ActionFailed when !isTolerated => ActionStatus.Failed,
            _ => ActionStatus.Skipped,
        });
        return _isStopped ? [] : Follow(e.Timestamp);
    }

    /// <summary>An outcome was withdrawn: whatever followed from it is open.</summary>
    public void Strike(string? name, int iteration)
    {
        if (iteration > _iteration || Find(name) is not (>= 0 and var action))
        {
            return;
        }

        if (iteration < _iteration)
        {
            Begin(iteration);
        }

        _isStopped = false;
        _told[action] = false;
        _statuses[action] = ActionStatus.Waiting;
        for (var other = 0; other < plan.Count; other++)
        {
            _statuses[other] = _told[other] ? _statuses[other] : ActionStatus.Waiting;
        }
    }

    private void Begin(int iteration)
    {
        _iteration = iteration;
        Array.Clear(_statuses);
        Array.Clear(_lost);
        Array.Clear(_won);
        Array.Clear(_told);
    }

    private List<AgentEvent> Follow(DateTimeOffset time)
    {
        List<AgentEvent> events = [];
        bool goesOn;
        do
        {
            goesOn = false;
            for (var action = 0; action < plan.Count; action++)
            {
                if (_statuses[action] <= ActionStatus.Running && Resolve(action) is { } fate)
                {
                    Settle(action, fate);
                    goesOn = true;
                }

                if (_statuses[action] is ActionStatus.Skipped or ActionStatus.Blocked && !_told[action])
                {
                    _told[action] = true;
                    events.Add(new()
                    {
                        Kind = AgentEventKind.ActionSkipped,
                        Agent = plan.Graph.Name,
                        Action = plan.NameOf(action),
                        Iteration = _iteration,
                        Timestamp = time,
                        Message = _statuses[action] == ActionStatus.Blocked ? "Something it depends on failed."
                            : _lost[action] ? "Another was first."
                            : null,
                    });
                }
            }
        }
        while (goesOn);
        return events;
    }

    private void Settle(int action, ActionStatus status)
    {
        _statuses[action] = status;
        if (plan.EndsDelays)
        {
            foreach (var delayed in plan.DelaysEndedBy![action])
            {
                _lost[delayed] |= _statuses[delayed] <= ActionStatus.Running;
            }
        }

        for (var i = 0; status == ActionStatus.Completed && i < plan.Groups.Length; i++)
        {
            if (!_won[i] && plan.Groups[i].Sources.Contains(action))
            {
                _won[i] = true;
                foreach (var source in plan.Groups[i].CancelsOthers ? plan.Groups[i].Sources : [])
                {
                    _lost[source] |= source != action && _statuses[source] <= ActionStatus.Running;
                }
            }
        }
    }

    /// <summary>
    /// What becomes of an action that cannot start; null if it can, or if that is open. One that is let go has no outcome to wait for, so it
    /// counts as completed once it can start.
    /// </summary>
    private ActionStatus? Resolve(int action)
    {
        if (!IsReady(plan.Incoming[action]))
        {
            return null;
        }

        return plan.Resolve(action, _statuses) is not ActionStatus.Running and var fate ? fate
            : plan.Mode[action] == ActionMode.FireAndForget ? ActionStatus.Completed
            : null;
    }

    /// <summary>Whether all that an action waits for has settled: of a race one that has completed is enough.</summary>
    private bool IsReady(DependencyEdge[] edges)
    {
        foreach (var edge in edges)
        {
            var isOpen = _statuses[edge.From] <= ActionStatus.Running;
            var isFirst = edge.Kind is DependencyKind.Race or DependencyKind.Any;
            if (isOpen && !(isFirst && plan.Groups[edge.Group].Sources.Any(source => _statuses[source] == ActionStatus.Completed)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The action whose outcome an event tells; -1 if it tells none.</summary>
    private int IndexOf(AgentEvent e) =>
        e.Item is null && e.Kind is AgentEventKind.ActionCompleted or AgentEventKind.ActionFailed or AgentEventKind.ActionSkipped ? Find(e.Action) : -1;

    private int Find(string? name) => plan.Graph.Actions.FirstOrDefault(a => a.Name == name)?.Index ?? -1;
}
