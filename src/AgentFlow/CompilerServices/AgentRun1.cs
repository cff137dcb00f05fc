using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace AgentFlow.CompilerServices;

/// <summary>A run that ends with a result, and the source of the task that its caller awaits. For generated code.</summary>
/// <typeparam name="TResult">The agent's result, or <see cref="Unit"/>.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract partial class AgentRun<TResult> : AgentRun, IValueTaskSource<TResult>, IValueTaskSource
{
    /// <summary>Its version is the run's: it changes each time the run is used again, so that a stale task or context is told apart.</summary>
    private ManualResetValueTaskSourceCore<TResult> _source;

    /// <summary>Whether the result was handed out, while a fire-and-forget action keeps the run from being used again.</summary>
    private bool _isTaken;

    /// <summary>Creates a run.</summary>
    /// <param name="plan">The agent's plan.</param>
    protected AgentRun(RunPlan plan)
        : base(plan)
    {
    }

    private protected sealed override short Version => _source.Version;

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _source.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    TResult IValueTaskSource<TResult>.GetResult(short token) => TakeResult(token);

    void IValueTaskSource.GetResult(short token) => TakeResult(token);

    /// <summary>Goes on in the general scheduler; see <see cref="AgentRun.GoOn(int)"/>.</summary>
    /// <param name="place">The place in the lane.</param>
    /// <returns>The run's task.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public new ValueTask<TResult> GoOn(int place)
    {
        var task = AsTask();
        base.GoOn(place);
        return task;
    }

    /// <summary>Goes on in the general scheduler with one action pending.</summary>
    /// <typeparam name="TAwaiter">The awaiter.</typeparam>
    /// <param name="place">The place in the lane.</param>
    /// <param name="awaiter">The awaiter.</param>
    /// <returns>The run's task.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public new ValueTask<TResult> GoOn<TAwaiter>(int place, TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        var task = AsTask();
        base.GoOn(place, awaiter);
        return task;
    }

    /// <summary>Goes on in the general scheduler with one action that has ended, but not well, or only just now.</summary>
    /// <param name="place">The place in the lane.</param>
    /// <returns>The run's task.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public new ValueTask<TResult> GoOnEnded(int place)
    {
        var task = AsTask();
        base.GoOnEnded(place);
        return task;
    }

    /// <summary>Goes on in the general scheduler with one action failed.</summary>
    /// <param name="place">The place in the lane.</param>
    /// <param name="error">What it threw.</param>
    /// <returns>The run's task.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public new ValueTask<TResult> GoOnFailed(int place, Exception error)
    {
        var task = AsTask();
        base.GoOnFailed(place, error);
        return task;
    }

    /// <summary>Ends the run at its iteration limit.</summary>
    /// <returns>The run's task.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public new ValueTask<TResult> GoOnAtLimit()
    {
        var task = AsTask();
        base.GoOnAtLimit();
        return task;
    }

    /// <summary>Ends a run that the fast lane has brought to its end, and that holds services.</summary>
    /// <returns>The run's task.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public new ValueTask<TResult> GoOnClosing()
    {
        var task = AsTask();
        base.GoOnClosing();
        return task;
    }

    /// <summary>Runs from the beginning in the general scheduler, seen by whoever listens to traces and metrics.</summary>
    /// <returns>The run's task.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ValueTask<TResult> GoObserved()
    {
        Observe(null);
        return GoOn(0);
    }

    /// <summary>The run's task without its value.</summary>
    /// <param name="task">The run's task.</param>
    /// <returns>The task.</returns>
    protected static ValueTask WithoutValue(ValueTask<TResult> task)
    {
        if (task.IsCompletedSuccessfully)
        {
            _ = task.Result;
            return default;
        }

        return AwaitAsync(task);

        static async ValueTask AwaitAsync(ValueTask<TResult> task) => await task.ConfigureAwait(false);
    }

    /// <summary>The value of the result action, from the state.</summary>
    /// <returns>The result.</returns>
    protected abstract TResult GetResult();

    private protected sealed override void Publish(Exception? error)
    {
        if (error is null)
        {
            _source.SetResult(GetResult());
        }
        else
        {
            _source.SetException(error);
        }
    }

    private protected sealed override void ResetSource()
    {
        _isTaken = false;
        _source.Reset();
    }

    private protected sealed override void InvalidateContexts() => _source.Reset();

    /// <summary>The task that the caller awaits, once.</summary>
    /// <returns>The task.</returns>
    protected ValueTask<TResult> AsTask() => new(this, _source.Version);

    /// <summary>Hands out the result, once, and lets the run go.</summary>
    private TResult TakeResult(short token)
    {
        if (_source.GetStatus(token) == ValueTaskSourceStatus.Pending || _isTaken)
        {
            throw new InvalidOperationException("The run has not ended. Await its task, once.");
        }

        _isTaken = true;
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Release();
        }
    }
}
