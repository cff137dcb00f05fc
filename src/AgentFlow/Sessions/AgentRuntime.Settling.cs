using System.Globalization;

namespace AgentFlow;

/// <summary>What a person says about effects that may or may not have happened.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>Says what became of an action that is in doubt, and goes on. If elements of it are in doubt, there must be one: otherwise say which.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="action">The id of the action.</param>
    /// <param name="settlement">What became of it.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, at work unless another action is in doubt.</returns>
    /// <exception cref="InvalidSessionTransitionException">It is not uncertain.</exception>
    /// <exception cref="ArgumentException">The action is not in doubt, several elements of it are, or the value does not fit it.</exception>
    public ValueTask<Session<TSelf, TResult>> SettleAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, string action, Settlement settlement, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult> => SettleAsync(agent, id, action, null, settlement, cancellationToken);

    /// <summary>Says what became of one element of an action with <see cref="ForEachAttribute"/> that is in doubt, and goes on.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="action">The id of the action.</param>
    /// <param name="item">The index of the element, from 0, as in <see cref="UncertainSessionException.InDoubt"/>.</param>
    /// <param name="settlement">What became of it; a value is that of the element.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The session, at work unless something else is in doubt.</returns>
    /// <exception cref="InvalidSessionTransitionException">It is not uncertain.</exception>
    /// <exception cref="ArgumentException">The element is not in doubt, or the value does not fit it.</exception>
    public ValueTask<Session<TSelf, TResult>> SettleAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, string action, int item, Settlement settlement, CancellationToken cancellationToken = default)
        where TSelf : IDurableAgent<TSelf, TInput, TResult> => SettleAsync(agent, id, action, (int?)item, settlement, cancellationToken);

    private async ValueTask<Session<TSelf, TResult>> SettleAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, string id, string action, int? item, Settlement settlement, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(settlement);
        var host = Host(agent);
        await ChangeAsync(id, "settle", static state => state == SessionState.Uncertain, SessionState.Running, async (codec, _) =>
        [
            await WithRunAsync(host, id, long.MaxValue, (run, loader) =>
            {
                var place = Doubtful(loader, id, action, item);
                return settlement.ToRecord(run, host, codec, place, loader.GenerationOf(place));
            }, cancellationToken).ConfigureAwait(false),
        ], cancellationToken).ConfigureAwait(false);
        await ReclaimAsync(host, id, cancellationToken).ConfigureAwait(false);
        return new Session<TSelf, TResult>(this, host, id);
    }

    /// <summary>The one place that is meant.</summary>
    private static ActionPlace Doubtful(SessionLoader loader, string id, string action, int? item)
    {
        var places = loader.InDoubt.Where(place => place.Action == action && (item is null || place.Item == item)).ToList();
        var what = item is null ? $"Action '{action}'" : string.Create(CultureInfo.InvariantCulture, $"Element {item} of action '{action}'");
        return places.Count switch
        {
            0 => throw new ArgumentException($"{what} of session '{id}' is not in doubt.", nameof(action)),
            1 => places[0],
            _ when item is null && places.Any(static place => place.Item >= 0) =>
                throw new ArgumentException($"Several elements of action '{action}' of session '{id}' are in doubt: {string.Join(", ", places.Select(static place => place.Item))}. Say which one.", nameof(action)),
            _ => places[0],
        };
    }
}
