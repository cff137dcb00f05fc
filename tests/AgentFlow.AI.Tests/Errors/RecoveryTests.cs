using System.Text.Json;
using AgentFlow.Testing;

namespace AgentFlow.AI.Tests.Errors;

/// <summary>About each error is done what its class asks for.</summary>
public class RecoveryTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _inputs = [];

    private RecoveryOptions<string, string> Options => new() { TimeProvider = _clock, Jitter = false, Delay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromSeconds(30) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_may_be_gone_is_tried_again_after_growing_delays()
    {
        var start = _clock.GetTimestamp();
        var result = await DriveAsync(RunAsync(Options, static (_, attempt) => attempt < 3 ? throw new IOException() : "done"));
        Assert.Equal(("done", 3), (result, _inputs.Count));
        Assert.Equal(TimeSpan.FromSeconds(2 + 4), _clock.GetElapsedTime(start));
    }

    [Fact]
    public async Task It_is_not_tried_for_ever()
    {
        var e = await Assert.ThrowsAsync<RecoveryException>(() => DriveAsync(RunAsync(Options, static (_, _) => throw new IOException("still down"))));
        Assert.Equal(ErrorClass.Retriable, e.ErrorClass);
        Assert.Equal([RecoveryStep.Retry, RecoveryStep.Retry, RecoveryStep.GiveUp], e.Failures.Select(static f => f.Step));
        Assert.Equal([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.Zero], e.Failures.Select(static f => f.Delay));
        Assert.IsType<IOException>(e.InnerException);
        Assert.Equal("The work has failed for good, with a Retriable error: still down Before, there were: 2× Retry.", e.Message);
    }

    [Fact]
    public async Task A_model_is_left_alone_for_as_long_as_it_asks_but_not_for_longer_than_allowed()
    {
        ModelException Busy(int seconds) => new("busy", System.Net.HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(seconds));
        var start = _clock.GetTimestamp();
        await DriveAsync(RunAsync(Options, (_, attempt) => attempt < 2 ? throw Busy(20) : "done"));
        Assert.Equal(TimeSpan.FromSeconds(20), _clock.GetElapsedTime(start));
        Assert.Equal("other", await DriveAsync(RunAsync(Options with { Fallback = static (_, _, _) => new("other") }, (_, _) => throw Busy(31))));
        Assert.Equal(3, _inputs.Count);
    }

    [Fact]
    public async Task What_is_wrong_is_fixed_with_the_error_in_hand()
    {
        var options = Options with { Fix = static (input, error, _) => new($"{input}, {error.Message}") };
        Assert.Equal("done", await RunAsync(options, static (_, attempt) => attempt < 3 ? throw new JsonException($"no {attempt}") : "done"));
        Assert.Equal(["in", "in, no 1", "in, no 1, no 2"], _inputs);
        _inputs.Clear();
        var e = await Assert.ThrowsAsync<RecoveryException>(() => RunAsync(options, static (_, _) => throw new JsonException("no")));
        Assert.Equal(3, _inputs.Count);
        Assert.Equal([RecoveryStep.Fix, RecoveryStep.Fix, RecoveryStep.GiveUp], e.Failures.Select(static f => f.Step));
    }

    [Fact]
    public async Task A_fixed_input_has_its_attempts_anew_and_all_is_bounded()
    {
        var options = Options with { Delay = TimeSpan.Zero, Fix = static (input, _, _) => new(input + "!") };
        var e = await Assert.ThrowsAsync<RecoveryException>(() => RunAsync(options, static (_, attempt) => throw (attempt % 3 == 0 ? new JsonException() : new IOException())));
        Assert.Equal(["in", "in", "in", "in!", "in!", "in!", "in!!", "in!!", "in!!"], _inputs);
        Assert.Equal(9, e.Failures.Count);
    }

    [Fact]
    public async Task Something_else_is_done_instead_and_gets_the_last_input_and_its_error()
    {
        var options = Options with { Fix = static (input, _, _) => new(input + "!"), MaxFixes = 1, Fallback = static (input, error, _) => new($"{input} {error.GetType().Name}") };
        Assert.Equal("in NotSupportedException", await RunAsync(options, static (_, _) => throw new NotSupportedException()));
        Assert.Equal("in! JsonException", await RunAsync(options, static (_, _) => throw new JsonException()));
        Assert.Equal("in IOException", await DriveAsync(RunAsync(options, static (_, _) => throw new IOException())));
    }

    [Fact]
    public async Task Nothing_is_done_about_what_is_terminal()
    {
        var options = Options with { Fix = static (_, _, _) => throw new InvalidOperationException("not to be called"), Fallback = static (_, _, _) => throw new InvalidOperationException("not to be called") };
        var e = await Assert.ThrowsAsync<RecoveryException>(() => RunAsync(options, static (_, _) => throw new UnauthorizedAccessException("no")));
        Assert.Equal((ErrorClass.Terminal, 1), (e.ErrorClass, e.Failures.Count));
        Assert.IsType<UnauthorizedAccessException>(e.InnerException);
        Assert.Single(_inputs);
    }

    [Fact]
    public async Task What_fails_while_recovering_is_told_too()
    {
        var e = await Assert.ThrowsAsync<RecoveryException>(() => RunAsync(Options with { Fallback = static (_, _, _) => throw new FormatException("the other, too") }, static (_, _) => throw new NotSupportedException("first")));
        Assert.Equal([typeof(NotSupportedException), typeof(FormatException)], e.Failures.Select(static f => f.Error.GetType()));
        var fixing = Options with { Fix = static (_, _, _) => throw new IOException("no model"), Fallback = static (_, error, _) => new(error.Message) };
        Assert.Equal("no model", await RunAsync(fixing, static (_, _) => throw new JsonException()));
    }

    [Fact]
    public async Task Ones_own_classes_decide()
    {
        var options = Options with { Classifier = ErrorClassifier.Default.With<InvalidOperationException>(ErrorClass.Fallback), Fallback = static (_, _, _) => new("other") };
        Assert.Equal("other", await RunAsync(options, static (_, _) => throw new InvalidOperationException()));
    }

    [Fact]
    public async Task Cancelling_is_never_recovered_from()
    {
        using var source = new CancellationTokenSource();
        var options = Options with { Fallback = static (_, _, _) => new("other") };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Recovery.RunAsync(
            "in",
            (_, token) =>
            {
                source.Cancel();
                token.ThrowIfCancellationRequested();
                return new ValueTask<string>("");
            },
            options,
            source.Token).AsTask());
        using var late = new CancellationTokenSource();
        var waiting = Recovery.RunAsync("in", static (_, _) => throw new IOException(), options, late.Token).AsTask();
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private Task<string> RunAsync(RecoveryOptions<string, string> options, Func<string, int, string> work) => Recovery.RunAsync(
        "in",
        (input, _) =>
        {
            _inputs.Add(input);
            return new(work(input, _inputs.Count));
        },
        options,
        Ct).AsTask();

    /// <summary>Lets time pass to the next timer until the task is done.</summary>
    private async Task<string> DriveAsync(Task<string> task)
    {
        while (!task.IsCompleted)
        {
            if (_clock.NextTimer is { } next)
            {
                _clock.Advance(next);
            }

            await Task.Yield();
        }

        return await task;
    }
}
