using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

public abstract partial class AgentRun<TResult>
{
    /// <summary>Runs an agent and tells what happens. Leaving the enumeration early cancels the run and awaits its end.</summary>
    /// <typeparam name="TArguments">The agent and its inputs.</typeparam>
    /// <param name="arguments">The agent and its inputs.</param>
    /// <param name="options">What surrounds the run.</param>
    /// <param name="rent">Prepares a run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The events, up to the one that ends the run.</returns>
    protected static async IAsyncEnumerable<AgentEvent> ReadAsync<TArguments>(
        TArguments arguments,
        RunOptions options,
        Func<TArguments, RunOptions, CancellationToken, AgentRun<TResult>> rent,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rent);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = new EventStream(options.EventCapacity);
        var run = rent(arguments, options, abandoned.Token);
        run.Observe(events);
        var task = run.GoOn(0);
        var ended = false;
        try
        {
            while (await events.WaitToReadAsync().ConfigureAwait(false))
            {
                while (events.TryRead(out var e, out var madeRoom))
                {
                    if (madeRoom)
                    {
                        run.ResumeFor(events);
                    }

                    yield return e;
                }
            }

            ended = true;
        }
        finally
        {
            if (!ended)
            {
                events.Complete();
                await abandoned.CancelAsync().ConfigureAwait(false);
                run.ResumeFor(events);
                await ((Task)task.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        try
        {
            await task.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e.InnerException, cancellationToken);
        }
    }
}
