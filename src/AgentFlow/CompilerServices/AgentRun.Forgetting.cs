using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun
{
    /// <summary>Lets a fire-and-forget action go. The run is not used again before it has ended.</summary>
    /// <param name="action">The action.</param>
    /// <param name="task">What its body has returned.</param>
    protected void Forget(int action, ValueTask task)
    {
        Hold();
        HoldServices();
        if (_recorder is not null)
        {
            lock (_gate)
            {
                _forgotten++;
            }
        }

        AgentBackground.Enter();
        ForgottenAction.Watch(this, action, Iteration, task);
    }

    /// <summary>Lets a fire-and-forget action go whose value nobody takes.</summary>
    /// <typeparam name="T">The value.</typeparam>
    /// <param name="action">The action.</param>
    /// <param name="task">What its body has returned.</param>
    protected void Forget<T>(int action, ValueTask<T> task) => Forget(action, Discard(task));

    private void OnForgottenEnded(int action, int iteration, Exception? error)
    {
        ObserveForgotten(action, iteration, error);
        if (error is not null)
        {
            AgentBackground.Report(Stamp(new() { Kind = AgentEventKind.ActionFailed, Exception = error }, action, Math.Max(1, _attempts[action]), None, iteration));
        }

        _recorder?.RecordForgotten(action, iteration, error);
        var leaving = ReleaseServicesAsync();
        if (leaving.IsCompletedSuccessfully)
        {
            Release();
            AgentBackground.Exit();
            return;
        }

        LeaveForgotten(leaving, action, iteration);
    }

    /// <summary>The action was the last that used the run's services, and they are being disposed.</summary>
    private async void LeaveForgotten(ValueTask leaving, int action, int iteration)
    {
        try
        {
            await leaving.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            AgentBackground.Report(Stamp(new() { Kind = AgentEventKind.ActionFailed, Exception = e, Message = "The services of the run could not be disposed." }, action, Math.Max(1, _attempts[action]), None, iteration));
        }

        Release();
        AgentBackground.Exit();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask Discard<T>(ValueTask<T> task) => await task.ConfigureAwait(false);

    /// <summary>Watches one fire-and-forget action; pooled, so that forgetting costs no allocation.</summary>
    private sealed class ForgottenAction
    {
        [ThreadStatic]
        private static ForgottenAction? t_idle;

        private readonly Action _onCompleted;
        private AgentRun? _run;
        private int _action;
        private int _iteration;
        private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;

        private ForgottenAction() => _onCompleted = OnCompleted;

        public static void Watch(AgentRun run, int action, int iteration, ValueTask task)
        {
            var watch = t_idle ?? new ForgottenAction();
            t_idle = null;
            (watch._run, watch._action, watch._iteration) = (run, action, iteration);
            watch._awaiter = task.ConfigureAwait(false).GetAwaiter();
            if (watch._awaiter.IsCompleted)
            {
                watch.OnCompleted();
            }
            else
            {
                watch._awaiter.UnsafeOnCompleted(watch._onCompleted);
            }
        }

        private void OnCompleted()
        {
            Exception? error = null;
            try
            {
                _awaiter.GetResult();
            }
            catch (Exception e)
            {
                error = e;
            }

            var (run, action, iteration) = (_run!, _action, _iteration);
            _run = null;
            _awaiter = default;
            t_idle = this;
            run.OnForgottenEnded(action, iteration, error);
        }
    }
}
