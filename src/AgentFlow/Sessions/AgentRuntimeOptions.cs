using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace AgentFlow;

/// <summary>How an <see cref="AgentRuntime"/> keeps its sessions.</summary>
public sealed record AgentRuntimeOptions
{
    private const int MaxOwnerLength = 1_000;

    private static readonly TimeSpan s_longestLease = TimeSpan.FromDays(36_500);
    private static readonly TimeSpan s_longestPoll = TimeSpan.FromDays(24);

    private readonly TimeSpan _lease = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _pollInterval = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _shutdownGrace = TimeSpan.FromSeconds(30);
    private readonly TimeSpan _transactionTimeout = TimeSpan.FromSeconds(30);
    private readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("n")[..8]}";
    private readonly int _maxPayload = 2 << 20;
    private readonly int _maxWakes = 256;
    private readonly RunOptions _run = RunOptions.Default;

    /// <summary>
    /// The name under which sessions are claimed. A worker that is started again under the name of a dead one takes its sessions over at
    /// once. So no two runtimes that are at work at the same time, in this process or another, may have the same: the later would take
    /// sessions away from the earlier in the midst of an action. Default: machine, process and a random part.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty, longer than 1,000 characters, or has half of a character (a surrogate without the other).</exception>
    public string Owner
    {
        get => _owner;
        init
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            _owner = value.Length <= MaxOwnerLength && WholeText.IsWhole(value)
                ? value
                : throw new ArgumentException($"{nameof(Owner)} has at most {MaxOwnerLength} characters, and no half of one.", nameof(value));
        }
    }

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
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxPayload
    {
        get => _maxPayload;
        init => _maxPayload = Positive(value);
    }

    /// <summary>The most sessions that are woken at once. Default: 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxWakes
    {
        get => _maxWakes;
        init => _maxWakes = Positive(value);
    }

    /// <summary>What surrounds every run: services, clock. Default: <see cref="RunOptions.Default"/>.</summary>
    public RunOptions Run
    {
        get => _run;
        init => _run = value ?? throw new ArgumentNullException(nameof(value));
    }

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

    private static TimeSpan UpTo(TimeSpan most, TimeSpan value, [CallerMemberName] string option = "") =>
        value > TimeSpan.Zero && value <= most ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{option} is a positive time of at most {most.Days} days.");

    private static TimeSpan NotNegative(TimeSpan value, [CallerMemberName] string option = "") =>
        value >= TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{option} is a time, or Timeout.InfiniteTimeSpan.");

    private static int Positive(int value, [CallerMemberName] string option = "") =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{option} is a positive number.");
}
