using System.Text.Json;

namespace AgentFlow;

/// <summary>Sessions that are started by the actions of others.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>
    /// Starts a child, or goes on with it; whatever else is there under its id is refused. When the session was set going again, what the action is given
    /// may have been made anew, and be something else: then another child takes the place of the former one.
    /// </summary>
    /// <returns>The child, and what the store knew of it; null if it is new.</returns>
    internal async ValueTask<(Session<TSelf, TResult> Child, SessionInfo? Found)> StartOrResumeChildAsync<TSelf, TInput, TResult>(
        IDurableAgent<TSelf, TInput, TResult> agent, TInput input, SessionOptions options, ChildCall call, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        var host = Host(agent);
        for (var successor = 0; ; successor++)
        {
            options = options with { Id = call.Name.Of(successor) };
            var found = await Store.FindAsync(options.Id, cancellationToken).ConfigureAwait(false);
            if (found is null && successor == 0 && call.LegacyId is not null)
            {
                found = await FindLegacyChildAsync(host, input, options, call, cancellationToken).ConfigureAwait(false);
            }

            if (found is null)
            {
                try
                {
                    return (await StartAnyAsync(agent, input, options, cancellationToken).ConfigureAwait(false), null);
                }
                catch (SessionExistsException)
                {
                    // The same call by the worker that this one has taken over from.
                    found = await Store.FindAsync(options.Id, cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(options.Id);
                }
            }

            ThrowIfNotChild(found, options.Parent, host.Graph.Name);
            if (await HasInputsAsync(host, input, found.Id, cancellationToken).ConfigureAwait(false))
            {
                return (await ResumeAsync(agent, found.Id, cancellationToken).ConfigureAwait(false), found);
            }

            if (successor >= call.Restarts)
            {
                throw new ChildMismatchException(found.Id, "it was started with other inputs");
            }

            if (await WhyNotReplacedAsync(found, cancellationToken).ConfigureAwait(false) is { } reason)
            {
                throw new ChildMismatchException(found.Id, $"it was started with other inputs, and no other takes its place, for {reason}. Only RerunAsync of the action by its name has it all done anew");
            }
        }
    }

    private static void ThrowIfNotChild(SessionInfo found, string? parent, string agent)
    {
        if (found.Parent != parent)
        {
            throw new ChildMismatchException(found.Id, found.Parent is null ? "it has no parent" : $"its parent is session '{found.Parent}', not '{parent}'");
        }

        if (found.Agent != agent)
        {
            throw new ChildMismatchException(found.Id, $"it is a session of agent '{found.Agent}', not of '{agent}'");
        }
    }

    private async ValueTask<SessionInfo?> FindLegacyChildAsync<TSelf, TInput, TResult>(
        AgentHost<TSelf, TInput, TResult> host, TInput input, SessionOptions options, ChildCall call, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult> =>
        await Store.FindAsync(call.LegacyId!, cancellationToken).ConfigureAwait(false) is { } legacy
            && legacy.Parent == options.Parent
            && legacy.Agent == host.Graph.Name
            && (!call.HasKey || await HasInputsAsync(host, input, legacy.Id, cancellationToken).ConfigureAwait(false))
            ? legacy
            : null;

    /// <summary>
    /// Why no other child may take the place of one; null if it may. One that has not ended would go on beside it, and what happens at most once would
    /// happen again.
    /// </summary>
    private async ValueTask<string?> WhyNotReplacedAsync(SessionInfo child, CancellationToken cancellationToken)
    {
        if (!child.State.IsEnded())
        {
            return child.Id + " has not ended";
        }

        var begun = new HashSet<ActionPlace>();
        var completed = new HashSet<ActionPlace>();
        await foreach (var record in Store.ReadAsync(child.Id, 0, cancellationToken).ConfigureAwait(false))
        {
            var place = JournalBranch.PlaceOf(record);
            switch (record.Kind)
            {
                case JournalKind.Intended:
                    begun.Add(place);
                    completed.Remove(place);
                    break;
                case JournalKind.Struck when JournalKeys.IsWithdrawn(record.Key):
                    begun.Remove(place);
                    break;
                case JournalKind.Completed:
                    completed.Add(place);
                    break;
                case JournalKind.Compensated:
                    // Of a for-each the elements that have completed; another may have happened.
                    begun.RemoveWhere(b => (b.Iteration, b.Action) == (place.Iteration, place.Action) && completed.Contains(b));
                    break;
            }
        }

        if (begun.Count > 0)
        {
            return $"'{begun.First().Action}', which happens at most once, was begun in {child.Id}";
        }

        var query = new SessionQuery { Parent = child.Id, States = [.. Enum.GetValues<SessionState>()] };
        while (await Store.ListAsync(query, cancellationToken).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var of in page)
            {
                if (await WhyNotReplacedAsync(of, cancellationToken).ConfigureAwait(false) is { } reason)
                {
                    return reason;
                }
            }

            query = query with { After = page[^1].Id };
        }

        return null;
    }

    /// <summary>Runs a child again that has failed or was cancelled, unless something of it that happens at most once has failed.</summary>
    internal async ValueTask RedriveChildAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        while (true)
        {
            try
            {
                await RedriveAsync(Host(agent), id, isMeant: false, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (InvalidSessionTransitionException)
            {
                // Somebody else has, or it must not be: then its failure stands.
                return;
            }
            catch (SessionOwnedException)
            {
                await Task.Delay(Options.PollInterval, Options.Run.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The number of the record with which the cancellation of a session was last asked for; 0 if it never was.</summary>
    internal async ValueTask<long> LastCancellationAsync(string id, CancellationToken cancellationToken)
    {
        long last = 0;
        await foreach (var record in Store.ReadAsync(id, 0, cancellationToken).ConfigureAwait(false))
        {
            last = record.Kind == JournalKind.CancelRequested ? record.Sequence : last;
        }

        return last;
    }

    /// <summary>Whether a child was started with these inputs.</summary>
    private async ValueTask<bool> HasInputsAsync<TSelf, TInput, TResult>(
        AgentHost<TSelf, TInput, TResult> host, TInput input, string id, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        JournalRecord? first = null;
        await foreach (var record in Store.ReadAsync(id, 0, cancellationToken).ConfigureAwait(false))
        {
            first = record;
            break;
        }

        if (first is not { Kind: JournalKind.Created })
        {
            throw new DamagedSessionException(id, "its first record is missing");
        }

        var codec = await CodecAsync(id, cancellationToken).ConfigureAwait(false);
        var recorded = codec.Read(first);
        if (JournalCodec.Text(recorded, "shape") != host.Shape.ToString())
        {
            // Of another version of the agent: what is compatible is decided when it is resumed.
            return true;
        }

        var run = host.Rent(input, Options.Run);
        try
        {
            return RecordedInput.Differences(recorded, run, host.Shape, codec).Count == 0;
        }
        finally
        {
            run.LetGo();
        }
    }
}
