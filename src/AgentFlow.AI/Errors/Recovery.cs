using AgentFlow.CompilerServices;

namespace AgentFlow.AI;

/// <summary>Does work that may fail, and about each error what its class asks for. For use within an action, or anywhere else.</summary>
public static class Recovery
{
    /// <summary>
    /// Does work. A retriable error: the same input again, after a delay. A fixable one: <see cref="RecoveryOptions{TInput, TResult}.Fix"/> makes another input of it, whose attempts are
    /// counted anew. One for a fallback, and what neither of these has helped: <see cref="RecoveryOptions{TInput, TResult}.Fallback"/>. A terminal one: nothing more.
    /// The work is done at most <see cref="RecoveryOptions{TInput, TResult}.MaxAttempts"/> times 1 + <see cref="RecoveryOptions{TInput, TResult}.MaxFixes"/> times.
    /// </summary>
    /// <typeparam name="TInput">What the work is done with.</typeparam>
    /// <typeparam name="TResult">What comes of it.</typeparam>
    /// <param name="input">What to begin with.</param>
    /// <param name="work">The work.</param>
    /// <param name="options">What to do about errors.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of it, or of the fallback.</returns>
    /// <exception cref="RecoveryException">It has failed for good.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async ValueTask<TResult> RunAsync<TInput, TResult>(
        TInput input, Func<TInput, CancellationToken, ValueTask<TResult>> work, RecoveryOptions<TInput, TResult> options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(options);
        var retry = new RetryPolicy { Attempts = options.MaxAttempts, Delay = options.Delay, MaxDelay = options.MaxDelay, Backoff = options.Backoff, Jitter = options.Jitter };
        var failures = new List<RecoveryFailure>();
        var fixes = 0;
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await work(input, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                var errorClass = options.Classifier.Classify(error);
                var wait = errorClass == ErrorClass.Retriable && attempt < options.MaxAttempts ? DelayAfter(error, retry, attempt, options) : null;
                if (wait is { } delay)
                {
                    failures.Add(new(error, errorClass, RecoveryStep.Retry, delay));
                    await TimerSpan.DelayAsync(delay, options.TimeProvider, cancellationToken).ConfigureAwait(false);
                }
                else if (errorClass == ErrorClass.Fixable && options.Fix is { } fix && fixes < options.MaxFixes)
                {
                    failures.Add(new(error, errorClass, RecoveryStep.Fix, TimeSpan.Zero));
                    try
                    {
                        input = await fix(input, error, cancellationToken).ConfigureAwait(false);
                    }
                    catch (Exception second) when (!cancellationToken.IsCancellationRequested)
                    {
                        return await StandInAsync(input, second, options, failures, cancellationToken).ConfigureAwait(false);
                    }

                    (fixes, attempt) = (fixes + 1, 0);
                }
                else
                {
                    return await StandInAsync(input, error, options, failures, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>The delay; null if the model wants to be left alone for longer than that may be.</summary>
    private static TimeSpan? DelayAfter<TInput, TResult>(Exception error, RetryPolicy retry, int attempt, RecoveryOptions<TInput, TResult> options)
    {
        var asked = TransientErrors.RetryAfterOf(error, options.TimeProvider) ?? TimeSpan.Zero;
        var delay = retry.DelayAfter(attempt, options.Random.NextDouble());
        return asked > options.MaxDelay ? null : asked > delay ? asked : delay;
    }

    /// <summary>Does something else instead, if there is something and the error allows it.</summary>
    private static async ValueTask<TResult> StandInAsync<TInput, TResult>(TInput input, Exception error, RecoveryOptions<TInput, TResult> options, List<RecoveryFailure> failures, CancellationToken cancellationToken)
    {
        var errorClass = options.Classifier.Classify(error);
        if (errorClass == ErrorClass.Terminal || options.Fallback is null)
        {
            failures.Add(new(error, errorClass, RecoveryStep.GiveUp, TimeSpan.Zero));
            throw new RecoveryException(failures);
        }

        failures.Add(new(error, errorClass, RecoveryStep.Fallback, TimeSpan.Zero));
        try
        {
            return await options.Fallback(input, error, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception second) when (!cancellationToken.IsCancellationRequested)
        {
            failures.Add(new(second, options.Classifier.Classify(second), RecoveryStep.GiveUp, TimeSpan.Zero));
            throw new RecoveryException(failures);
        }
    }
}
