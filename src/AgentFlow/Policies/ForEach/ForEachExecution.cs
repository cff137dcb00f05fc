using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>Runs an action for each element of a sequence. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ForEachExecution
{
    /// <summary>Runs the action for the elements, at most so many at a time, and collects the values in the order of the elements.</summary>
    /// <typeparam name="TCall">The call.</typeparam>
    /// <typeparam name="TItem">The element.</typeparam>
    /// <typeparam name="TResult">The value for one element.</typeparam>
    /// <param name="run">The run.</param>
    /// <param name="action">The action.</param>
    /// <param name="policy">Its policies, which hold for each element.</param>
    /// <param name="call">Its arguments, bound but for the element.</param>
    /// <param name="items">The elements; taken one by one as there is room for them.</param>
    /// <returns>The values; those of failed or cancelled elements are left out.</returns>
    public static async ValueTask<TResult[]> ExecuteAsync<TCall, TItem, TResult>(AgentRun run, int action, ActionPolicy policy, TCall call, IEnumerable<TItem> items)
        where TCall : struct, IItemCall<TCall, TItem, TResult>
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(items);
        using var elements = new Elements<TCall, TItem, TResult>(run, action, policy, call, items);
        try
        {
            if (policy.Forgotten)
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            if (policy.Delay > TimeSpan.Zero && !run.IsRecorded)
            {
                await run.DelayAsync(action, policy.Delay, run.Token).ConfigureAwait(false);
            }

            return await elements.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            if (policy.Races)
            {
                run.ReleaseRaceToken(action);
            }
        }
    }

    private static CancellationToken TokenOf(AgentRun run, int action, ActionPolicy policy) => policy switch
    {
        { Forgotten: true } => AgentBackground.Stopping,
        { Races: true } => run.RaceToken(action),
        _ => run.Token,
    };

    /// <summary>The elements of one execution, shared by its workers.</summary>
    private sealed class Elements<TCall, TItem, TResult>(AgentRun run, int action, ActionPolicy policy, TCall call, IEnumerable<TItem> items) : IElements, IDisposable
        where TCall : struct, IItemCall<TCall, TItem, TResult>
    {
        private readonly Lock _gate = new();

        /// <summary>What is let go may outlive its iteration.</summary>
        private readonly int _iteration = run.Iteration;
        private readonly IEnumerator<TItem> _items = items.GetEnumerator();
        private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(TokenOf(run, action, policy));

        /// <summary>The values by the element's place. Guarded by the gate, as all below.</summary>
        private readonly SortedList<int, TResult> _values = [];
        private int _next;
        private bool _stopped;

        /// <summary>The values that no longer count for the output, but were made: of elements that completed when another had failed.</summary>
        private SortedList<int, TResult>? _late;

        /// <summary>Whether an element was not taken, or not finished, because of a cancellation.</summary>
        private bool _isCut;
        private Exception? _failure;

        /// <summary>The elements that were taken over from the journal.</summary>
        private HashSet<int>? _restored;

        public Array Completed
        {
            get
            {
                lock (_gate)
                {
                    return _late is null ? _values.Values.ToArray() : _values.Concat(_late).OrderBy(static made => made.Key).Select(static made => made.Value).ToArray();
                }
            }
        }

        public async Task<TResult[]> RunAsync()
        {
            if (!policy.Forgotten)
            {
                run.WorkOn(action, this);
            }

            if (run.Recorder is { } recorder)
            {
                Restore(recorder);
            }

            // The first worker takes everything that completes on the spot; another starts only while one is really pending.
            var workers = new List<Task>();
            run.Recorder?.CountWorkers(action, 1);
            while (workers.Count < policy.MaxParallel && !IsExhausted)
            {
                workers.Add(WorkAsync());
            }

            run.Recorder?.CountWorkers(action, -1);

            await Task.WhenAll(workers).ConfigureAwait(false);
            if (_failure is not null && (!policy.AllowPartialFailure || _values.Count == 0))
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
            }

            // Elements were left out, and not because of a result: the run was stopped.
            if (_isCut && !_stopped)
            {
                _ended.Token.ThrowIfCancellationRequested();
            }

            if (!policy.Forgotten)
            {
                run.WorkOn(action, null);
            }

            return [.. _values.Values];
        }

        public void Dispose()
        {
            _items.Dispose();
            _ended.Dispose();
        }

        private bool IsExhausted
        {
            get
            {
                lock (_gate)
                {
                    return _stopped || _next < 0;
                }
            }
        }

        private async Task WorkAsync()
        {
            run.Recorder?.CountWorkers(action, 1);
            while (TryTake(out var item, out var place))
            {
                try
                {
                    Spend(place);
                    Keep(place, await MakeAsync(item, place).ConfigureAwait(false));
                }
                catch (Exception e)
                {
                    Lose(place, e);
                }
            }

            run.Recorder?.CountWorkers(action, -1);
        }

        private ValueTask<TResult> MakeAsync(TItem item, int place)
        {
            return run.Recorder is { } recorder
                ? RecordedAsync(recorder, item, place)
                : ActionExecution.AttemptAsync<TCall, TResult>(run, action, _iteration, place, policy, call.ForItem(item), _ended.Token);
        }

        /// <summary>
        /// Takes what is recorded of elements, in the order in which they ended: the one that ends the loop, by its value or its failure,
        /// ends it for those after it, and not for those before.
        /// </summary>
        private void Restore(RunRecorder recorder)
        {
            foreach (var place in recorder.RecordedItems(action, _iteration))
            {
                (_restored ??= []).Add(place);
                try
                {
                    if (_stopped)
                    {
                        RestoreLate(recorder, place);
                        continue;
                    }

                    Spend(place);
                    if (recorder.TryGetItem<TResult>(action, _iteration, place, out var value, out var failure) && failure is null)
                    {
                        Keep(place, value);
                    }
                    else
                    {
                        Lose(place, failure!);
                    }
                }
                catch (Exception e)
                {
                    Lose(place, e);
                }
            }
        }

        /// <summary>Takes what is recorded of an element that ended when the loop was over.</summary>
        private void RestoreLate(RunRecorder recorder, int place)
        {
            if (recorder.TryGetItem<TResult>(action, _iteration, place, out var value, out var failure) && failure is null)
            {
                KeepLate(place, value);
            }
        }

        /// <summary>The first element is spent with the action.</summary>
        private void Spend(int place)
        {
            if (place > 0)
            {
                run.SpendAction();
            }
        }

        /// <summary>Makes the value of an element and records it.</summary>
        private async ValueTask<TResult> RecordedAsync(RunRecorder recorder, TItem item, int place)
        {
            if (run.Plan.Graph.Actions[action].Effect == Effect.AtMostOnce)
            {
                await recorder.RecordItemIntentAsync(action, _iteration, place).ConfigureAwait(false);
                if (_ended.IsCancellationRequested)
                {
                    await recorder.WithdrawItemIntentAsync(action, _iteration, place).ConfigureAwait(false);
                    _ended.Token.ThrowIfCancellationRequested();
                }
            }

            try
            {
                var value = await ActionExecution.AttemptAsync<TCall, TResult>(run, action, _iteration, place, policy, call.ForItem(item), _ended.Token).ConfigureAwait(false);
                await recorder.RecordItemAsync(action, _iteration, place, value, null).ConfigureAwait(false);
                return value;
            }
            catch (Exception e) when (!_ended.IsCancellationRequested)
            {
                await recorder.RecordItemAsync(action, _iteration, place, default(TResult)!, e).ConfigureAwait(false);
                throw;
            }
        }

        private bool TryTake(out TItem item, out int place)
        {
            lock (_gate)
            {
                item = default!;
                do
                {
                    place = _next;
                    if (_stopped || _next < 0 || !MoveNext())
                    {
                        return false;
                    }

                    _next++;
                }
                while (_restored?.Contains(place) == true);

                if (_ended.IsCancellationRequested)
                {
                    _isCut = true;
                    return false;
                }

                item = _items.Current;
                return true;
            }
        }

        private bool MoveNext()
        {
            try
            {
                if (_items.MoveNext())
                {
                    return true;
                }
            }
            catch (Exception e)
            {
                _failure = e;
            }

            _next = -1;
            return false;
        }

        private void Keep(int place, TResult value)
        {
            bool last;
            try
            {
                last = call.IsLast(value);
            }
            catch
            {
                KeepLate(place, value);
                throw;
            }

            lock (_gate)
            {
                if (_stopped)
                {
                    KeepLate(place, value);
                    return;
                }

                _values.Add(place, value);
                _stopped = last;
            }

            run.ObserveItem(action, _iteration, place, value);

            if (last)
            {
                _ended.Cancel();
            }
        }

        private void KeepLate(int place, TResult value)
        {
            lock (_gate)
            {
                (_late ??= []).Add(place, value);
            }
        }

        private void Lose(int place, Exception error)
        {
            lock (_gate)
            {
                if (_stopped || (error is OperationCanceledException && _ended.IsCancellationRequested))
                {
                    _isCut = true;
                    return;
                }

                _failure ??= error;
                _stopped = !policy.AllowPartialFailure;
            }

            if (policy.AllowPartialFailure)
            {
                run.TellElementFailure(action, _iteration, place, error);
            }

            run.ObserveItemFailure(action, _iteration, place, error, isLeftOut: policy.AllowPartialFailure);
            if (!policy.AllowPartialFailure)
            {
                _ended.Cancel();
            }
        }
    }
}
