namespace AgentFlow.Testing;

/// <summary>
/// An agent with fakes for some of its actions. A fake stands for the whole of its action: for the method, its attempts, its fallback and the elements of a for-each; for a signal it is the
/// answer. Everything around it is real: conditions, joins, loops, and what else depends on the action. The agent runs in a session that is kept in memory.
/// </summary>
/// <typeparam name="TSelf">The agent.</typeparam>
/// <typeparam name="TInput">Its input.</typeparam>
/// <typeparam name="TResult">Its result.</typeparam>
public sealed class FakedAgent<TSelf, TInput, TResult>
    where TSelf : IDurableAgent<TSelf, TInput, TResult>
{
    private readonly IDurableAgent<TSelf, TInput, TResult> _agent;
    private readonly FakedActions _fakes;

    internal FakedAgent(IDurableAgent<TSelf, TInput, TResult> agent)
    {
        _agent = agent;
        _fakes = new(agent.Definition);
    }

    /// <summary>Has an action come to a value, each time.</summary>
    /// <typeparam name="T">Its output.</typeparam>
    /// <param name="action">The action.</param>
    /// <param name="output">The value.</param>
    /// <returns>This agent.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    public FakedAgent<TSelf, TInput, TResult> Returns<T>(string action, T output) => Answers(action, _ => output);

    /// <summary>Has an action come to what a function makes, or throws. It is called once for each iteration that comes to the action.</summary>
    /// <typeparam name="T">Its output.</typeparam>
    /// <param name="action">The action.</param>
    /// <param name="make">The function.</param>
    /// <returns>This agent.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    public FakedAgent<TSelf, TInput, TResult> Answers<T>(string action, Func<FakeCall, T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        _fakes.Set(action, call => make(call));
        return this;
    }

    /// <summary>Has an action without an output complete, and do nothing.</summary>
    /// <param name="action">The action.</param>
    /// <returns>This agent.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    public FakedAgent<TSelf, TInput, TResult> DoesNothing(string action) => Answers<object?>(action, static _ => null);

    /// <summary>Has an action fail for good.</summary>
    /// <param name="action">The action.</param>
    /// <param name="error">What it fails with.</param>
    /// <returns>This agent.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    public FakedAgent<TSelf, TInput, TResult> Fails(string action, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Answers<object?>(action, _ => throw error);
    }

    /// <summary>How often an action was ready and wanted, in all runs up to now; fakes or not.</summary>
    /// <param name="action">The action.</param>
    /// <returns>How often.</returns>
    /// <exception cref="ArgumentException">The agent has no such action.</exception>
    public int CallsOf(string action) => _fakes.CallsOf(action);

    /// <summary>Runs it to its end.</summary>
    /// <param name="input">The arguments: the one input, a tuple of several, or <see cref="Unit"/>.</param>
    /// <param name="options">What surrounds the run: services, clock.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ActionFailedException">An action has failed, or a fake has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">It waits for a signal that has no fake.</exception>
    public async Task<TResult> RunAsync(TInput input, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= RunOptions.Default;
        await using var store = new MemorySessionStore(options.TimeProvider);
        await using var runtime = new AgentRuntime(store, new() { Run = options, Fakes = _fakes });
        var session = await runtime.StartAsync(_agent, input, cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            if (await session.WaitAsync(cancellationToken).ConfigureAwait(false) == SessionState.Suspended && (await session.GetInfoAsync(cancellationToken).ConfigureAwait(false)).WakeAt is null)
            {
                throw new InvalidOperationException($"Agent '{_agent.Definition.Name}' waits for a signal that has no fake. Give it one, or run the agent in a session and answer it.");
            }

            return await session.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await session.CancelAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }
}
