using Microsoft.Extensions.Logging;

namespace AgentFlow;

/// <summary>How an <see cref="AgentRuntime"/> keeps its sessions.</summary>
public sealed record AgentRuntimeOptions
{
    private static readonly TimeSpan s_longestLease = TimeSpan.FromDays(36_500);
    private static readonly TimeSpan s_longestPoll = TimeSpan.FromDays(24);

    private readonly TimeSpan _lease = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _pollInterval = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _shutdownGrace = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _transactionTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The name under which sessions are claimed; unique to the process. Default: machine, process and a random part.</summary>
    public string Owner { get; init; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("n")[..8]}";

    /// <summary>How long a session stays claimed when its worker falls silent. Default: 30 seconds. Renewed at a third of it; given up by the worker itself at five sixths.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 36,500 days.</exception>
    public TimeSpan Lease
    {
        get => _lease;
        init => _lease = UpTo(s_longestLease, value);
    }

    /// <summary>How often the store is asked for sessions that are due. Default: one second.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive, or longer than 24 days.</exception>
    public TimeSpan PollInterval
    {
        get => _pollInterval;
        init => _pollInterval = UpTo(s_longestPoll, value);
    }

    /// <summary>
    /// How long actions under way may take when the runtime is disposed, before they are cancelled. Default: 30 seconds. An action that ignores its token is
    /// left behind a second later: its session is resumed elsewhere once its lease has run out.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative. <see cref="Timeout.InfiniteTimeSpan"/> is any time.</exception>
    public TimeSpan ShutdownGrace
    {
        get => _shutdownGrace;
        init => _shutdownGrace = NotNegative(value);
    }

    /// <summary>
    /// How long one attempt of an action with <see cref="Effect.Transactional"/> may hold the store's transaction. Then it is rolled back, the attempt's token is cancelled, and the attempt
    /// fails with a <see cref="TransactionTimeoutException"/>. Default: 30 seconds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative. <see cref="Timeout.InfiniteTimeSpan"/> is any time.</exception>
    public TimeSpan TransactionTimeout
    {
        get => _transactionTimeout;
        init => _transactionTimeout = NotNegative(value);
    }

    /// <summary>The most bytes that one input, output or signal may have as JSON. Default: 2 MiB.</summary>
    public int MaxPayload { get; init; } = 2 << 20;

    /// <summary>The most sessions that are woken at once. Default: 256.</summary>
    public int MaxWakes { get; init; } = 256;

    /// <summary>What surrounds every run: services, clock. Default: <see cref="RunOptions.Default"/>.</summary>
    public RunOptions Run { get; init; } = RunOptions.Default;

    /// <summary>Where the runtime logs what an operator needs to know: sessions that cannot be resumed, are lost or broken. Default: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>What decides in which order actions complete, in a simulation.</summary>
    internal SessionGate? Gate { get; init; }

    /// <summary>What stands in for actions, in a test.</summary>
    internal ActionFakes? Fakes { get; init; }

    /// <summary>
    /// Whether sessions that are due are woken by themselves. Default: yes. Without it a session goes on here only when it is started or resumed: for a
    /// process that looks at sessions, or gives them signals, and leaves the work to others.
    /// </summary>
    public bool Wakes { get; init; } = true;

    /// <summary>The keys that payloads are encrypted with. Default: none, they are stored in clear.</summary>
    public PayloadEncryption? Encryption { get; init; }

    private static TimeSpan UpTo(TimeSpan most, TimeSpan value) =>
        value > TimeSpan.Zero && value <= most ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"It is a positive time of at most {most.Days} days.");

    private static TimeSpan NotNegative(TimeSpan value) =>
        value >= TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It is a time, or Timeout.InfiniteTimeSpan.");
}
