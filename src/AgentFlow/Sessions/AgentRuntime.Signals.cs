using System.Text.Json;

namespace AgentFlow;

/// <summary>The door through which signals come.</summary>
public sealed partial class AgentRuntime
{
    /// <summary>Leaves a signal for a session, if it fits.</summary>
    /// <param name="host">The session's agent, if the caller knows it.</param>
    /// <param name="id">The session's id.</param>
    /// <param name="name">The id of the action that the signal completes.</param>
    /// <param name="write">Writes the answer; null if there is none.</param>
    /// <param name="options">Who sends it.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    internal async ValueTask<bool> SignalAsync(AgentHost? host, string id, string name, Action<Utf8JsonWriter>? write, SignalOptions? options, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= new();
        if (CancelRequest.Is(name, options.Sender))
        {
            throw new InvalidSignalException(id, name, $"only a parent sends it as '{CancelRequest.Sender}'");
        }

        var info = await Store.FindAsync(SessionId.Check(id), cancellationToken).ConfigureAwait(false) ?? throw new SessionNotFoundException(id);
        if (info.State.IsEnded())
        {
            throw new InvalidSessionTransitionException(id, info.State, "signal");
        }

        var codec = Codec(info);
        var content = codec.SignalContent(name, write);
        SignalDoor.CheckSender(name, options);
        SignalDoor.CheckMembers(codec, name, content.Span);
        if ((host?.Graph.Name == info.Agent ? host : FindAgent(info.Agent)) is { } known)
        {
            SignalDoor.Check(known, Options.Run, codec, name, content);
        }

        // As it will be recorded once it is taken.
        codec.CheckAnswer(name, content, options.Sender);
        await codec.ReadLifeAsync(Store, info.ForkedFrom is null ? 0 : Math.Max(0, info.ForkedAt), cancellationToken).ConfigureAwait(false);
        var payload = codec.SealSignal(name, options.Sender, options.Key, content.Span);
        var record = new SignalRecord { Session = id, Name = name, Sender = options.Sender, Key = options.Key, Payload = payload };
        var isNew = await Store.SignalAsync(record, cancellationToken).ConfigureAwait(false);
        if (_live.TryGetValue(id, out var live))
        {
            live.OnSignal();
        }
        else
        {
            _wakes.Nudge();
        }

        return isNew;
    }
}
