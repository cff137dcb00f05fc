using System.Data.Common;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// Actions that wait for a child while their session is given up. They are left as they stand, like actions of a process that has died: whoever resumes the
/// session starts them again, and they find their child. Nothing is recorded of them, for the engine's own state is never an outcome.
/// </summary>
internal sealed partial class SessionRun
{
    /// <summary>Completes when the session is to be given up so that another worker resumes it.</summary>
    private readonly TaskCompletionSource _givingUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For each action with elements how many are worked on at once, and for each action how many of its calls are left behind. Guarded by the gate.</summary>
    private readonly Dictionary<int, int> _workers = [];
    private readonly Dictionary<int, int> _leftBehind = [];

    /// <summary>Whether the session is being given up here.</summary>
    private bool IsLeaving => _runtime.IsDisposed || IsBroken || _held is not null;

    /// <summary>Waits for a child. Ends the wait if the session is given up or the action is cancelled first.</summary>
    private async Task<T> WhileAtWorkAsync<T>(Func<CancellationToken, Task<T>> wait, ChildCall call, CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = wait(leaving.Token);
        var first = await Task.WhenAny(waiting, _givingUp.Task, Cancelled(leaving.Token)).ConfigureAwait(false);
        if (first == waiting)
        {
            if (waiting.IsCanceled)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            return await waiting.ConfigureAwait(false);
        }

        // Nobody else sees what comes of it, be it that the runtime is disposed.
        _ = waiting.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await leaving.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        throw await LeaveBehindAsync(call).ConfigureAwait(false);
    }

    /// <summary>Completes when a token is cancelled.</summary>
    private static Task Cancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), cancelled);
        return cancelled.Task;
    }

    /// <summary>Lets the session leave without an action, and waits until it has left.</summary>
    /// <returns>What ends the action's body.</returns>
    private async Task<Exception> LeaveBehindAsync(ChildCall call)
    {
        bool isWhole;
        lock (_gate)
        {
            var calls = _leftBehind[call.Action] = _leftBehind.GetValueOrDefault(call.Action) + 1;
            isWhole = call.Item < 0 || calls >= _workers.GetValueOrDefault(call.Action);
        }

        if (isWhole)
        {
            _run.LeaveBehind(this, call.Action);
        }

        var rest = await _rest.Task.ConfigureAwait(false);
        return new OperationCanceledException($"Session '{Session}' was given up here; it is resumed elsewhere.", rest.Error, _run.Token);
    }

    /// <summary>What the store or the runtime throws when they end is not the action's failure: the session is given up, and resumed later.</summary>
    private async Task<Exception> GivenUpAsync(ChildCall call, Exception error)
    {
        if (error is ObjectDisposedException && _runtime.IsDisposed)
        {
            return await LeaveBehindAsync(call).ConfigureAwait(false);
        }

        Break(error);
        return new OperationCanceledException(error.Message, error, _run.Token);
    }

    private static bool IsOfEngine(Exception error) => error is ObjectDisposedException or IOException or DbException;

    /// <summary>
    /// Cancels a child because its parent's action was cancelled, and waits until it has undone what it did, wherever it is.
    /// </summary>
    /// <returns>How the child ended; null if the session is given up here meanwhile.</returns>
    private ValueTask<SessionRest?> CancelAsync<TSelf, TResult>(Session<TSelf, TResult> child, ChildCall call) =>
        WhenReadableAsync(() => CancelAndWaitAsync(child, call), call, CancellationToken.None);

    private async Task<SessionRest?> CancelAndWaitAsync<TSelf, TResult>(Session<TSelf, TResult> child, ChildCall call)
    {
        await _runtime.CancelChildAsync(child.Id, () => IsBroken || _givingUp.Task.IsCompleted).ConfigureAwait(false);
        if (IsBroken)
        {
            return null;
        }

        var rest = await WhileAtWorkAsync(child.WhenEndedAsync, call, CancellationToken.None).ConfigureAwait(false);
        if (rest.State != SessionState.Running)
        {
            return rest;
        }

        // Whoever resumes the child goes on to cancel it.
        return IsLeaving ? throw await LeaveBehindAsync(call).ConfigureAwait(false) : null;
    }
}
