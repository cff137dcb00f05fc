namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>Guarded by the gate.</summary>
    private long _tokensSpent;
    private double _costSpent;

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

    internal void ReportUsage(long tokens, double cost)
    {
        BudgetExceededException? exceeded = null;
        lock (_gate)
        {
            _tokensSpent += tokens;
            _costSpent += cost;
            if (_plan.TokenBudget > 0 && _tokensSpent > _plan.TokenBudget)
            {
                exceeded = new(_plan.Graph.Name, "Tokens", _plan.TokenBudget, _tokensSpent);
            }
            else if (_plan.CostBudget > 0 && _costSpent > _plan.CostBudget)
            {
                exceeded = new(_plan.Graph.Name, "Cost", _plan.CostBudget, _costSpent);
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

    private void ResetSpending()
    {
        _tokensSpent = 0;
        _costSpent = 0;
    }
}
