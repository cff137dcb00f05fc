using System.Net;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

public class ResilienceTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_time_that_the_endpoint_asks_for_is_waited(bool streamed)
    {
        using var model = new ScriptedChatClient(ScriptedReply.Fail(ScriptedFault.Status(429, TimeSpan.FromSeconds(40))), "at last");
        using var client = model.WithResilience(new() { TimeProvider = _clock });
        var call = Given.SendAsync(client, streamed, Given.Ask("?"));
        await model.WhenRequestedAsync(1, Given.Token);
        await _clock.WhenArmed();
        _clock.Advance(TimeSpan.FromSeconds(39.9));
        Assert.Single(model.Requests);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("at last", (await call).Text);
    }

    [Fact]
    public async Task An_endpoint_that_asks_for_too_much_time_is_not_waited_for()
    {
        using var model = new ScriptedChatClient(ScriptedReply.Fail(ScriptedFault.Status(429, TimeSpan.FromHours(1))));
        using var client = model.WithResilience(new() { TimeProvider = _clock });
        Assert.Equal(TimeSpan.FromHours(1), (await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Given.Token))).RetryAfter);
    }

    [Theory, InlineData(400, null, 1), InlineData(401, null, 1), InlineData(429, "insufficient_quota", 1), InlineData(500, null, 3), InlineData(503, null, 3), InlineData(408, null, 3)]
    public async Task Only_what_may_pass_is_tried_again_and_not_for_ever(int status, string? code, int attempts)
    {
        using var model = new ScriptedChatClient(_ => ScriptedReply.Fail(ScriptedFault.Status(status, code: code)));
        using var client = model.WithResilience(new() { MaxAttempts = 3, Delay = TimeSpan.Zero });
        var error = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Given.Token));
        Assert.Equal((HttpStatusCode)status, error.StatusCode);
        Assert.Equal(attempts, model.Requests.Count);
    }

    [Theory, InlineData(0, true), InlineData(1, false)]
    public async Task A_stream_is_never_begun_anew_once_something_was_seen(int chunksBeforeCut, bool isRetried)
    {
        using var model = new ScriptedChatClient(ScriptedReply.Streamed("a", "b") with { Fault = ScriptedFault.CutAfter(chunksBeforeCut) }, ScriptedReply.Streamed("a", "b"));
        using var client = model.WithResilience(new() { Delay = TimeSpan.Zero });
        var seen = "";
        var error = await Record.ExceptionAsync(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("?", null, Given.Token))
            {
                seen += update.Text;
            }
        });
        Assert.Equal(isRetried ? ("ab", 2, true) : ("a", 1, false), (seen, model.Requests.Count, error is null));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_attempt_that_takes_too_long_is_given_up_and_another_made(bool streamed)
    {
        var never = new TaskCompletionSource();
        using var model = new ScriptedChatClient(ScriptedReply.FromString("late") with { Gate = never.Task }, "in time");
        using var client = model.WithResilience(new() { AttemptTimeout = TimeSpan.FromSeconds(5), Delay = TimeSpan.Zero, TimeProvider = _clock });
        var call = Given.SendAsync(client, streamed, Given.Ask("?"));
        await model.WhenRequestedAsync(1, Given.Token);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("in time", (await call).Text);
    }

    [Fact]
    public async Task The_time_out_of_an_attempt_does_not_end_a_stream_that_has_begun()
    {
        var gate = new TaskCompletionSource();
        using var model = new ScriptedChatClient(ScriptedReply.Streamed("a", "b") with { Gate = gate.Task, ChunksBeforeGate = 1 });
        using var client = model.WithResilience(new() { AttemptTimeout = TimeSpan.FromSeconds(5), TimeProvider = _clock });
        var seen = "";
        await foreach (var update in client.GetStreamingResponseAsync("?", null, Given.Token))
        {
            seen += update.Text;
            _clock.Advance(TimeSpan.FromMinutes(1));
            gate.TrySetResult();
        }

        Assert.Equal("ab", seen);
    }

    [Fact]
    public async Task A_model_that_keeps_failing_is_given_a_rest_and_then_tried_again()
    {
        var works = false;
        using var model = new ScriptedChatClient(_ => works ? "back" : ScriptedReply.Fail(ScriptedFault.Status(500)));
        using var client = model.WithResilience(new() { MaxAttempts = 1, TimeProvider = _clock, CircuitBreaker = new() { MinimumThroughput = 4, BreakDuration = TimeSpan.FromSeconds(20) } });
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Given.Token))).StatusCode);
        }

        var rest = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Given.Token));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(20)), (rest.StatusCode, rest.RetryAfter));
        Assert.Equal(4, model.Requests.Count);
        works = true;
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("back", (await client.GetResponseAsync("?", null, Given.Token)).Text);
    }

    [Fact]
    public async Task Requests_are_paced_evenly_after_a_burst()
    {
        using var model = new ScriptedChatClient(static _ => "x");
        using var client = model.WithResilience(new() { RequestsPerMinute = 60, RequestBurst = 3, TimeProvider = _clock });
        var calls = Enumerable.Range(0, 6).Select(_ => client.GetResponseAsync("?", null, Given.Token)).ToArray();
        Assert.Equal(3, model.Requests.Count);
        for (var i = 4; i <= 6; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.9));
            Assert.Equal(i - 1, model.Requests.Count);
            _clock.Advance(TimeSpan.FromSeconds(0.1));
            await model.WhenRequestedAsync(i, Given.Token);
        }

        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task No_more_requests_are_under_way_than_allowed_streams_until_their_end()
    {
        using var model = new ScriptedChatClient(static _ => ScriptedReply.Streamed("a", "b"));
        using var client = model.WithResilience(new() { MaxConcurrency = 1 });
        Task<ChatResponse> second;
        await using (var first = client.GetStreamingResponseAsync("?", null, Given.Token).GetAsyncEnumerator(Given.Token))
        {
            Assert.True(await first.MoveNextAsync());
            second = client.GetResponseAsync("?", null, Given.Token);
            Assert.False(second.IsCompleted);
            Assert.Single(model.Requests);
        } // Left before its end.

        Assert.Equal("ab", (await second).Text);
    }

    [Fact]
    public async Task A_place_is_given_back_by_calls_that_fail()
    {
        using var model = new ScriptedChatClient(ScriptedReply.Fail(ScriptedFault.Status(400)), ScriptedReply.Fail(ScriptedFault.Status(400)), "x");
        using var client = model.WithResilience(new() { MaxConcurrency = 1 });
        await Assert.ThrowsAsync<ModelException>(() => Given.SendAsync(client, streamed: true, Given.Ask("?")));
        await Assert.ThrowsAsync<ModelException>(() => Given.SendAsync(client, streamed: false, Given.Ask("?")));
        Assert.Equal("x", (await client.GetResponseAsync("?", null, Given.Token)).Text);
    }

    [Fact]
    public async Task The_callers_cancellation_ends_the_wait_and_is_no_time_out()
    {
        using var model = new ScriptedChatClient(_ => ScriptedReply.Fail(ScriptedFault.Status(500)));
        using var client = model.WithResilience(new() { TimeProvider = _clock });
        using var caller = new CancellationTokenSource();
        var call = client.GetResponseAsync("?", null, caller.Token);
        await _clock.WhenArmed();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Single(model.Requests);
    }
}
