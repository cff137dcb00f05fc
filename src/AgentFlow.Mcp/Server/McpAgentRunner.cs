using AgentFlow.AI;

namespace AgentFlow.Mcp;

/// <summary>Runs an agent for a call of a client: told how far it has come, in a session if there is a runtime.</summary>
/// <param name="runtime">Runs it in a session; null for none.</param>
/// <param name="report">Told how many actions have come to their end, of how many, and what happened; null if nobody wants to know.</param>
internal sealed class McpAgentRunner(AgentRuntime? runtime, Func<int, int?, string, ValueTask>? report) : AgentToolRunner
{
    /// <summary>The session that the agent has run in, if it has.</summary>
    public string? Session { get; private set; }

    /// <inheritdoc />
    public override async ValueTask<TResult> RunAsync<TSelf, TInput, TResult>(IAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken)
    {
        if (report is null)
        {
            return await agent.RunAsync(input, options, cancellationToken).ConfigureAwait(false);
        }

        TResult? result = default;
        var hasResult = false;
        await foreach (var e in agent.StreamAsync(input, options, cancellationToken).ConfigureAwait(false))
        {
            if (e.Kind == AgentEventKind.AgentCompleted)
            {
                hasResult = e.TryGetValue(out result);
            }

            await ReportAsync(agent.Definition, e).ConfigureAwait(false);
        }

        return hasResult ? result! : default!;
    }

    /// <inheritdoc />
    public override async ValueTask<TResult> RunDurableAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken)
    {
        if (runtime is null)
        {
            return await RunAsync(agent, input, options, cancellationToken).ConfigureAwait(false);
        }

        var session = await runtime.StartAsync(agent, input, new() { Trigger = "mcp" }, cancellationToken).ConfigureAwait(false);
        Session = session.Id;
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = report is null ? Task.CompletedTask : TellAsync(session, agent.Definition, reading.Token);
        try
        {
            var state = await session.WaitAsync(cancellationToken).ConfigureAwait(false);
            return state is SessionState.Suspended or SessionState.Paused or SessionState.Uncertain
                ? throw new ToolErrorException($"The session '{session.Id}' is {state.ToString().ToLowerInvariant()}: it waits for somebody, or for its time. It has no result yet. Do not call again for the same thing.")
                : await session.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(session).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await reading.CancelAsync().ConfigureAwait(false);
            await telling.ConfigureAwait(false);
        }
    }

    private static async Task CancelAsync(Session session)
    {
        try
        {
            await session.CancelAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidSessionTransitionException or SessionOwnedException or ObjectDisposedException)
        {
            // It has ended meanwhile, or is another worker's by now.
        }
    }

    private async Task TellAsync(Session session, AgentGraph graph, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var e in session.Events(cancellationToken).ConfigureAwait(false))
            {
                await ReportAsync(graph, e).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // How the session ends is told by its result.
        catch (Exception)
#pragma warning restore CA1031
        {
            // What is not told is not missed.
        }
    }

    private int _settled;

    private ValueTask ReportAsync(AgentGraph graph, AgentEvent e)
    {
        var message = e.Kind switch
        {
            AgentEventKind.ActionCompleted => $"{e.Action} completed",
            AgentEventKind.ActionSkipped => $"{e.Action} skipped",
            AgentEventKind.ActionFailed => $"{e.Action} failed",
            _ => null,
        };
        if (message is null || e.Item is not null)
        {
            return default;
        }

        // A loop has no known end.
        var settled = ++_settled;
        return report!(settled, e.Iteration <= 1 && settled <= graph.Actions.Count ? graph.Actions.Count : null, message);
    }
}
