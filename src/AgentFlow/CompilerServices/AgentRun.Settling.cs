namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>Records what an action came to and tells those that wait for it.</summary>
    private void Settle(int action, ActionStatus status, Exception? error)
    {
        var mode = _plan.Mode[action];
        if (mode != ActionMode.FireAndForget)
        {
            _running--;
        }

        if (mode == ActionMode.Sync)
        {
            _exclusive = false;
        }

        if (status == ActionStatus.Failed)
        {
            status = Fail(action, error!);
        }

        Statuses[action] = status;
        _unsettled--;
        _hasAbsent |= status != ActionStatus.Completed;
        if (_plan.IsCompensated[action])
        {
            RememberForUndo(action, status);
        }

        if (_isObserved)
        {
            ObserveSettlement(action, status, error);
        }

        if (_plan.EndsDelays)
        {
            EndDelays(action);
        }

        var end = _plan.DependentStart[action + 1];
        for (var i = _plan.DependentStart[action]; i < end; i++)
        {
            var dependent = _plan.Dependents[i];
            if (dependent >= 0)
            {
                CountDown(dependent);
            }
            else
            {
                SettleSource(~dependent, action, status);
            }
        }

        if (_plan.Waves)
        {
            _waveLeft[_plan.Graph.WaveOf[action]]--;
            OpenWaves();
        }
    }

    private void CountDown(int action)
    {
        if (--_waiting[action] == 0 && (_recorder is null || IsOpen(action)))
        {
            SetReady(action);
        }
    }

    /// <summary>
    /// Opens the wave after those that are over. In a session that was redriven an action of an early wave may be open though later ones have settled.
    /// </summary>
    private void OpenWaves()
    {
        while (_waveLeft[_openWave] == 0 && _openWave + 1 < _waveLeft.Length)
        {
            _openWave++;
            foreach (var action in _plan.ByWave[_openWave])
            {
                CountDown(action);
            }
        }
    }

    private void SettleSource(int group, int source, ActionStatus status)
    {
        _groupLeft[group]--;
        if (_winner[group] >= 0)
        {
            return;
        }

        if (status == ActionStatus.Completed)
        {
            _winner[group] = source;
            CountDown(_plan.Groups[group].Consumer);
            if (_plan.Groups[group].CancelsOthers)
            {
                MarkLosers(group, source);
            }
        }
        else if (_groupLeft[group] == 0)
        {
            CountDown(_plan.Groups[group].Consumer);
        }
    }
}
