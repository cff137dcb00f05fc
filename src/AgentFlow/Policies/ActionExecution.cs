using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

/// <summary>
/// Runs one action under its policies: delay, preconditions, cache, attempts (each timed, on the pool if asked for, its postconditions
/// checked), fallback. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class ActionExecution
{
    /// <summary>Runs an action that is called once.</summary>
    /// <typeparam name="TCall">The call.</typeparam>
    /// <typeparam name="TResult">Its value.</typeparam>
    /// <param name="run">The run.</param>
    /// <param name="action">The action.</param>
    /// <param name="policy">Its policies.</param>
    /// <param name="call">Its arguments, bound.</param>
    /// <returns>The value.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<TResult> ExecuteAsync<TCall, TResult>(AgentRun run, int action, ActionPolicy policy, TCall call)
        where TCall : struct, IActionCall<TResult>
    {
        var token = policy switch
        {
            { Forgotten: true } => AgentBackground.Stopping,
            { Races: true } => run.RaceToken(action),
            _ => run.Token,
        };

        // What is let go may outlive its iteration.
        var iteration = run.Iteration;
        try
        {
            if (policy.Forgotten)
            {
                // It must hold up nobody, not even with the part of its body before the first await.
                await ForceYield();
            }

            if (policy.Delay > TimeSpan.Zero && !run.IsRecorded)
            {
                await run.DelayAsync(action, policy.Delay, token).ConfigureAwait(false);
            }

            return await AttemptAsync<TCall, TResult>(run, action, iteration, item: -1, policy, call, token).ConfigureAwait(false);
        }
        finally
        {
            if (policy.Races)
            {
                run.ReleaseRaceToken(action);
            }
        }
    }

    /// <summary>Makes attempts until one succeeds or the last has failed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<TResult> AttemptAsync<TCall, TResult>(
        AgentRun run, int action, int iteration, int item, ActionPolicy policy, TCall call, CancellationToken token)
        where TCall : struct, IActionCall<TResult>
    {
        for (var attempt = 1; ; attempt++)
        {
            run.Attempted(action, attempt);
            var context = new ActionContext(run, run.CurrentVersion, action, iteration, attempt, item, clock: null);
            Exception failure;
            try
            {
                if (attempt == 1)
                {
                    call.Require();
                    if (call.TryGetCached(run.Options.TimeProvider, out var cached))
                    {
                        return cached;
                    }
                }
                else
                {
                    run.SpendAction();
                }

                var value = run.IsTransactional(action)
                    ? await TransactedAsync<TCall, TResult>(run, action, iteration, attempt, item, policy, call, failure: null, token).ConfigureAwait(false)
                    : policy.HasTimeout
                    ? await TimedAsync<TCall, TResult>(run, action, iteration, attempt, item, policy, call, token).ConfigureAwait(false)
                    : await InvokeAsync<TCall, TResult>(policy, call, context, token).ConfigureAwait(false);
                call.Ensure(value);
                call.Cache(run.Options.TimeProvider, value);
                return value;
            }
            catch (Exception e) when (!token.IsCancellationRequested && (call.HasFallback || IsRetried(run.Options, policy, attempt, e)))
            {
                failure = e;
            }

            if (!IsRetried(run.Options, policy, attempt, failure))
            {
                return run.IsTransactional(action)
                    ? await TransactedAsync<TCall, TResult>(run, action, iteration, attempt, item, policy, call, failure, token).ConfigureAwait(false)
                    : await call.FallBackAsync(failure, context, token).ConfigureAwait(false);
            }

            run.ObserveRetry(action, attempt, item, failure);
            var delay = policy.Retry!.DelayAfter(attempt, Random.Shared.NextDouble());
            var asked = run.Options.AskedToWait(failure);
            delay = asked > delay ? asked : delay;
            if (delay > TimeSpan.Zero)
            {
                await TimerSpan.DelayAsync(delay, run.Options.TimeProvider, token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Goes on on the thread pool, whatever the caller's context.</summary>
    private static ConfiguredTaskAwaitable ForceYield() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    /// <summary>
    /// Whether another attempt follows. A broken precondition is never retried, nor an error whose Retry-After exceeds
    /// <see cref="RunOptions.MaxRetryAfter"/>.
    /// </summary>
    private static bool IsRetried(RunOptions options, ActionPolicy policy, int attempt, Exception error) =>
        policy.Retry is { } retry && attempt < retry.Attempts && error is not ConditionViolatedException { IsPostcondition: false } && IsHandled(retry, error) && options.AskedToWait(error) <= options.MaxRetryAfter;

    /// <summary>A broken postcondition is retried unless the types were named: another attempt may well give a better value.</summary>
    private static bool IsHandled(RetryPolicy retry, Exception error) =>
        retry.Handles(error) || (error is ConditionViolatedException && retry.Handles.Method == s_isTransient.Method);

    private static readonly Func<Exception, bool> s_isTransient = TransientErrors.IsTransient;

    private static ValueTask<TResult> InvokeAsync<TCall, TResult>(ActionPolicy policy, TCall call, ActionContext context, CancellationToken token)
        where TCall : struct, IActionCall<TResult>
    {
        return policy.Offload ? OffloadAsync(call, context, token) : call.InvokeAsync(context, token);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<TResult> OffloadAsync(TCall call, ActionContext context, CancellationToken token)
        {
            await ForceYield();
            return await call.InvokeAsync(context, token).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<TResult> TimedAsync<TCall, TResult>(
        AgentRun run, int action, int iteration, int attempt, int item, ActionPolicy policy, TCall call, CancellationToken token)
        where TCall : struct, IActionCall<TResult>
    {
        var clock = AttemptClock.Start(policy.Timeout, policy.IdleTimeout, run.Options.TimeProvider, token);
        TResult value;
        try
        {
            var context = new ActionContext(run, run.CurrentVersion, action, iteration, attempt, item, clock);
            value = await InvokeAsync<TCall, TResult>(policy, call, context, clock.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (clock.Stop() is { } expired && e is OperationCanceledException && !token.IsCancellationRequested)
            {
                throw new TimeoutException(expired.Message, e);
            }

            throw;
        }

        clock.Stop();
        return value;
    }
}
