namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>Guarded by the gate.</summary>
    private RunUsage _usage;

    internal RunUsage Usage
    {
        get
        {
            lock (_gate)
            {
                return _usage;
            }
        }
    }

    /// <summary>Counts an attempt or an element beyond the first against the budget.</summary>
    /// <exception cref="OperationCanceledException">The budget is spent and the run is stopping.</exception>
    internal void SpendAction()
    {
        if (_plan.ActionBudget == 0)
        {
            return;
        }

        BudgetExceededException? exceeded = null;
        lock (_gate)
        {
            if (++_started > _plan.ActionBudget)
            {
                exceeded = new(_plan.Graph.Name, "Actions", _plan.ActionBudget, _started);
            }
        }

        if (exceeded is not null)
        {
            Stop(StopReason.OverBudget, exceeded);
            throw new OperationCanceledException(exceeded.Message, exceeded, Token);
        }
    }

    internal void ReportUsage(int action, int item, RunUsage usage)
    {
        _recorder?.Spend(action, item, usage);
        _options.Parent.ReportChild(usage);
        BudgetExceededException? exceeded = null;
        lock (_gate)
        {
            _usage += usage;
            if (_plan.TokenBudget > 0 && _usage.Tokens > _plan.TokenBudget)
            {
                exceeded = new(_plan.Graph.Name, "Tokens", _plan.TokenBudget, _usage.Tokens);
            }
            else if (_plan.CostBudget > 0 && _usage.Cost > _plan.CostBudget)
            {
                exceeded = new(_plan.Graph.Name, "Cost", _plan.CostBudget, _usage.Cost);
            }
        }

        if (exceeded is not null)
        {
            Stop(StopReason.OverBudget, exceeded);
        }
    }

    /// <summary>Counts an action about to start, under the gate.</summary>
    private bool TrySpendAction()
    {
        if (++_started <= _plan.ActionBudget)
        {
            return true;
        }

        _stop = StopReason.OverBudget;
        _stopError = new BudgetExceededException(_plan.Graph.Name, "Actions", _plan.ActionBudget, _started);
        return false;
    }
}
