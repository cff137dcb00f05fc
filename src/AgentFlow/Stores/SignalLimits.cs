namespace AgentFlow;

/// <summary>How much a store keeps of the signals that wait for one session: senders outside must not be able to fill it.</summary>
public sealed record SignalLimits
{
    private readonly int _maxPending = 10_000;
    private readonly int _maxBytes = 16 << 20;

    /// <summary>How many signals may wait for one session. Default: 10,000.</summary>
    public int MaxPending
    {
        get => _maxPending;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxPending = value;
        }
    }

    /// <summary>How many bytes one signal may have: name, sender, key and payload. Default: 16 MiB. <see cref="AgentRuntimeOptions.MaxPayload"/> bounds what a runtime sends.</summary>
    public int MaxBytes
    {
        get => _maxBytes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _maxBytes = value;
        }
    }

    /// <summary>Refuses a signal that is too large, and one whose sender or key cannot be told from others once it is written.</summary>
    /// <param name="signal">The signal.</param>
    /// <exception cref="PayloadTooLargeException">It is too large.</exception>
    /// <exception cref="ArgumentException">Its sender or key has half of a surrogate pair, which is not a character.</exception>
    public void CheckSize(SignalRecord signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var bytes = signal.Payload.Length + (2L * (signal.Name.Length + signal.Sender.Length + (signal.Key?.Length ?? 0)));
        if (bytes > MaxBytes)
        {
            throw new PayloadTooLargeException(signal.Session, $"Signal '{(signal.Name.Length <= 200 ? signal.Name : signal.Name[..200])}'", bytes, MaxBytes);
        }

        if (!WholeText.IsWhole(signal.Sender) || (signal.Key is { } key && !WholeText.IsWhole(key)))
        {
            // Databases and files keep one and the same character for every half: a signal would be dropped as the repetition of another.
            throw new ArgumentException("The sender or the key of the signal has half of a surrogate pair, which is not a character.", nameof(signal));
        }
    }

    /// <summary>Refuses a signal when too many wait.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="pending">How many wait.</param>
    /// <exception cref="TooManySignalsException">No more are kept.</exception>
    public void CheckPending(string session, long pending)
    {
        if (pending >= MaxPending)
        {
            throw new TooManySignalsException(session, MaxPending);
        }
    }
}
