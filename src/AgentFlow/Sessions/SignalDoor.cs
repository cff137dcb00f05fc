using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>Which signals an agent takes.</summary>
internal static class SignalDoor
{
    /// <summary>How long the sender and the key of a signal may be, each.</summary>
    private const int MaxName = 1024;

    /// <exception cref="ArgumentException">The name, the sender or the key is too long.</exception>
    public static void CheckSender(string name, SignalOptions options)
    {
        if (name.Length > MaxName)
        {
            throw new ArgumentException($"The name of a signal has {MaxName} characters at most.", nameof(name));
        }

        ArgumentNullException.ThrowIfNull(options.Sender);
        if (options.Sender.Length > MaxName || options.Key?.Length > MaxName)
        {
            throw new ArgumentException($"The sender and the key of a signal have {MaxName} characters at most.", nameof(options));
        }
    }

    /// <summary>Whoever has approved what one reader shows must not have approved what another reads.</summary>
    /// <exception cref="InvalidSignalException">An object of the answer has a member twice.</exception>
    public static void CheckMembers(JournalCodec codec, string name, ReadOnlySpan<byte> content)
    {
        if (!content.IsEmpty && RecordedJson.FindDuplicate(content) is { } path)
        {
            throw new InvalidSignalException(codec.Session, name, $"its answer has the member '{path}' twice. Send it once");
        }
    }

    /// <exception cref="InvalidSignalException">The agent has no such signal, or the answer does not fit it.</exception>
    public static void Check(AgentHost host, RunOptions options, JournalCodec codec, string name, ReadOnlyMemory<byte> content)
    {
        var action = host.Graph.Actions.FirstOrDefault(a => a.Name == name);
        if (action is not { IsSignal: true })
        {
            var signals = host.Graph.Actions.Where(static a => a.IsSignal).Select(static a => $"'{a.Name}'").ToList();
            throw new InvalidSignalException(codec.Session, name, $"agent '{host.Graph.Name}' has no such signal; it has {(signals.Count == 0 ? "none" : string.Join(", ", signals))}");
        }

        var run = host.Rent(options);
        try
        {
            if (Read(codec, run, host.Shape, action.Index, content, out _, out var cause) is { } reason)
            {
                throw new InvalidSignalException(codec.Session, name, reason, cause);
            }
        }
        finally
        {
            run.LetGo();
        }
    }

    /// <summary>Reads an answer by the contract of its action.</summary>
    /// <returns>Why it does not fit, or null.</returns>
    public static string? Read(JournalCodec codec, AgentRun run, AgentShape shape, int action, ReadOnlyMemory<byte> content, out object? value, out Exception? cause)
    {
        value = null;
        cause = null;
        if (run.OutputJson(action) is not { } contract)
        {
            return null;
        }

        if (content.IsEmpty)
        {
            return $"it has no answer, and {contract.Type} is needed";
        }

        var member = shape.Actions[action];
        return JournalCodec.TryReadValue(codec.Parse(content, "a signal"), contract, member.IsNullable, member.IsSensitive, out value, out cause) is { } reason ? "its answer " + reason : null;
    }
}
