using System.ClientModel;
using System.Net;
using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary><c>[Retry]</c> came back after its own second to an endpoint that had asked for half a minute.</summary>
public sealed partial class RetriesWaitAsLongAsTheyAreAskedToTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Failures, and how many seconds are waited.</summary>
    public static TheoryData<string, double> Failures => new()
    {
        { "model", 37 },
        { "official", 37 },
        { "official-ms", 1.7 },
        { "official-date", 73 },
        { "own", 43 },
        { "nothing", 1 },
    };

    [Theory, MemberData(nameof(Failures))]
    public async Task The_next_attempt_comes_when_the_failure_says(string kind, double seconds)
    {
        var clock = new HurriedClock(TimeSpan.FromSeconds(seconds));
        var options = new RunOptions { TimeProvider = clock, RetryAfter = static error => (error as BusyException)?.Wait };
        Assert.Equal("answered", await new Asking(new FailingOnce(FailureOf(kind, clock)).Answer).RunAsync(options, Ct).AsTask().WaitAsync(Patience, Ct));
        Assert.Equal(1, clock.Waits);
    }

    [Theory, MemberData(nameof(Failures))]
    public async Task So_it_does_in_a_session(string kind, double seconds)
    {
        var clock = new HurriedClock(TimeSpan.FromSeconds(seconds));
        var options = new AgentRuntimeOptions
        {
            Lease = TimeSpan.FromHours(1),
            // A poll of about the length that is expected would be hurried too, and take the clock past the lease.
            PollInterval = TimeSpan.FromMinutes(7),
            Run = new() { TimeProvider = clock, RetryAfter = static error => (error as BusyException)?.Wait },
        };
        await using var runtime = new AgentRuntime(new MemorySessionStore(), options);
        var session = await runtime.StartAsync(new Asking(new FailingOnce(FailureOf(kind, clock)).Answer), default, new() { Id = "s" }, Ct);
        Assert.Equal("answered", await session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(1, clock.Waits);
    }

    [Fact]
    public async Task Nobody_waits_for_longer_than_the_run_allows()
    {
        var endpoint = new FailingOnce(new ModelException("busy", HttpStatusCode.TooManyRequests, TimeSpan.FromHours(1)));
        var agent = new Asking(endpoint.Answer);
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => agent.RunAsync(new RunOptions { TimeProvider = new ManualTimeProvider() }, Ct).AsTask().WaitAsync(Patience, Ct));
        Assert.IsType<ModelException>(error.InnerException);
        Assert.Equal(1, endpoint.Attempts);
    }

    [Fact]
    public void A_wait_before_now_is_none_and_of_several_the_longest_counts()
    {
        Assert.Equal(TimeSpan.Zero, TransientErrors.RetryAfterOf(new ModelException("busy", retryAfter: TimeSpan.FromSeconds(-5))));
        Assert.Null(TransientErrors.RetryAfterOf(new InvalidOperationException()));
        Assert.Equal(TimeSpan.FromSeconds(3), TransientErrors.RetryAfterOf(new AggregateException(
            new ModelException("a", retryAfter: TimeSpan.FromSeconds(1)), new ModelException("b", retryAfter: TimeSpan.FromSeconds(3)), new IOException())));
    }

    private static Exception FailureOf(string kind, TimeProvider clock) => kind switch
    {
        "model" => new ModelException("busy", HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(37)),
        "official" => Official("Retry-After", "37"),
        "official-ms" => Official("retry-after-ms", "1700"),
        "official-date" => Official("Retry-After", (clock.GetUtcNow() + TimeSpan.FromSeconds(73)).ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
        "own" => new BusyException(TimeSpan.FromSeconds(43)),
        _ => new TimeoutException(),
    };

    private static ClientResultException Official(string header, string value) => new(new Answer(429, header, value));

    private sealed class BusyException(TimeSpan wait) : IOException("busy")
    {
        public TimeSpan Wait { get; } = wait;
    }

    /// <summary>The system's clock, but that waits of about one length are short, and counted.</summary>
    private sealed class HurriedClock(TimeSpan expected) : TimeProvider
    {
        private int _waits;
        private long _skipped;

        public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _skipped);

        public int Waits => Volatile.Read(ref _waits);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Hurried(this, System.CreateTimer(callback, state, Short(dueTime), period));

        private TimeSpan Short(TimeSpan due)
        {
            // A date has whole seconds.
            if (Math.Abs((due - expected).TotalSeconds) > (expected.TotalSeconds > 60 ? 3 : 0.1))
            {
                return due;
            }

            Interlocked.Increment(ref _waits);
            Interlocked.Add(ref _skipped, (long)(due.TotalSeconds * TimestampFrequency) + 1);
            return TimeSpan.FromMilliseconds(1);
        }

        private sealed class Hurried(HurriedClock clock, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.Short(dueTime), period);

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }

    /// <summary>Fails at its first attempt.</summary>
    private sealed class FailingOnce(Exception failure)
    {
        private int _attempts;

        public int Attempts => Volatile.Read(ref _attempts);

        public string Answer() => Interlocked.Increment(ref _attempts) > 1 ? "answered" : throw failure;
    }

    [Agent]
    internal sealed partial class Asking(Func<string> ask)
    {
        [Action, Result, Retry(3, Jitter = false)]
        private string Ask() => ask();
    }
}
