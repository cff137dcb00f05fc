using System.Net;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

/// <summary>Whatever goes wrong on the wire, a turn is neither lost nor doubled, and the error says what it was.</summary>
public class FaultMatrixTests
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(100);

    private static readonly Dictionary<string, ScriptedReply> Faults = new()
    {
        ["429"] = ScriptedReply.Fail(ScriptedFault.Status(429, TimeSpan.FromSeconds(3))),
        ["500"] = ScriptedReply.Fail(ScriptedFault.Status(500)),
        ["503"] = ScriptedReply.Fail(ScriptedFault.Status(503, TimeSpan.FromSeconds(5))),
        ["cut before"] = ScriptedReply.Fail(ScriptedFault.CutBeforeAnswer),
        ["cut at once"] = ScriptedReply.Streamed("a", "b", "c") with { Fault = ScriptedFault.CutAfter(0) },
        ["cut within"] = ScriptedReply.Streamed("a", "b", "c") with { Fault = ScriptedFault.CutAfter(2) },
        ["malformed"] = ScriptedReply.Streamed("a", "b", "c") with { Fault = ScriptedFault.MalformedJson },
        ["silent"] = ScriptedReply.Streamed("a", "b", "c") with { Gate = new TaskCompletionSource().Task },
        ["stalled"] = ScriptedReply.Streamed("a", "b", "c") with { Gate = new TaskCompletionSource().Task, ChunksBeforeGate = 1 },
    };

    public static TheoryData<string, bool> Cells
    {
        get
        {
            var cells = new TheoryData<string, bool>();
            foreach (var fault in Faults.Keys)
            {
                cells.Add(fault, false);
                cells.Add(fault, true);
            }

            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task Without_retries_the_error_is_typed_and_tells_what_it_was(string fault, bool streamed)
    {
        var clock = new ManualTimeProvider();
        await using var server = ChatServer.Start(Faults[fault], "never asked for");
        using var client = Given.Client(server, clock);
        var seen = new TaskCompletionSource();
        var talk = TalkAsync(client, streamed, Given.Token, seen);
        await PassTimeAsync(talk, server, clock, fault, streamed, seen.Task);
        var (text, error) = await talk;
        Assert.Equal(Seen(fault, streamed), text);
        switch (fault)
        {
            case "429" or "500" or "503":
                var refused = Assert.IsType<ModelException>(error);
                Assert.Equal((HttpStatusCode)int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture), refused.StatusCode);
                Assert.Equal(fault switch { "429" => TimeSpan.FromSeconds(3), "503" => TimeSpan.FromSeconds(5), _ => null }, refused.RetryAfter);
                break;
            case "silent" or "stalled":
                Assert.Contains("within 100 s", Assert.IsType<TimeoutException>(error).Message, StringComparison.Ordinal);
                break;
            default:
                Assert.Contains(fault == "malformed" ? "malformed" : "no complete answer came", Assert.IsType<ModelException>(error).Message, StringComparison.Ordinal);
                break;
        }

        Assert.True(TransientErrors.IsTransient(error));
        Assert.Single(server.Chats);
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task With_retries_there_is_one_whole_turn_or_an_error_after_what_was_seen(string fault, bool streamed)
    {
        var clock = new ManualTimeProvider();
        await using var server = ChatServer.Start(Faults[fault], ScriptedReply.Streamed("a", "b", "c"), "never asked for");
        using var client = Given.Client(server, clock).WithResilience(new() { Delay = TimeSpan.Zero, TimeProvider = clock });
        var seen = new TaskCompletionSource();
        var talk = TalkAsync(client, streamed, Given.Token, seen);
        await PassTimeAsync(talk, server, clock, fault, streamed, seen.Task);
        var (text, error) = await talk;
        if (Seen(fault, streamed).Length == 0)
        {
            Assert.Null(error);
            Assert.Equal(("abc", 2), (text, server.Chats.Count));
        }
        else
        {
            Assert.NotNull(error);
            Assert.Equal((Seen(fault, streamed), 1), (text, server.Chats.Count));
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task The_callers_cancellation_wins_and_nothing_is_sent_again(string fault, bool streamed)
    {
        // The clock stands still, so a retry that is not at once waits, and so does what is silent: only the caller ends it.
        var clock = new ManualTimeProvider();
        await using var server = ChatServer.Start(_ => Faults[fault]);
        using var client = Given.Client(server, clock).WithResilience(new() { Delay = TimeSpan.FromSeconds(1), TimeProvider = clock });
        using var caller = new CancellationTokenSource();
        var talk = TalkAsync(client, streamed, caller.Token);
        await server.WhenRequestedAsync(1, Given.Token);
        await caller.CancelAsync();
        var (text, error) = await talk;
        Assert.True(error is OperationCanceledException || Seen(fault, streamed).Length > 0, $"{error}");
        Assert.StartsWith(text, Seen(fault, streamed), StringComparison.Ordinal);
        Assert.Single(server.Chats);
    }

    [Fact]
    public async Task A_hundred_streams_at_once_are_neither_mixed_nor_lost()
    {
        await using var server = ChatServer.Start(static r => ScriptedReply.Streamed(Enumerable.Range(0, 20).Select(i => $"{r.Text}.{i} ")).WithUsage(1, 20));
        using var client = Given.Client(server).WithTelemetry().WithResilience();
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Given.SendAsync(client, streamed: true, Given.Ask($"q{i}"))));
        for (var i = 0; i < replies.Length; i++)
        {
            Assert.Equal(string.Concat(Enumerable.Range(0, 20).Select(n => $"q{i}.{n} ")), replies[i].Text);
            Assert.Equal(21, replies[i].Usage!.TotalTokenCount);
        }

        Assert.Equal(100, server.Chats.Count);
    }

    [Fact]
    public async Task A_hundred_calls_over_a_faulty_line_all_come_through_once()
    {
        var asked = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        ScriptedFault[] faults = [ScriptedFault.Status(500), ScriptedFault.CutBeforeAnswer, ScriptedFault.MalformedJson, ScriptedFault.CutAfter(0), ScriptedFault.Status(429)];
        await using var server = ChatServer.Start(r => asked.AddOrUpdate(r.Text, 1, static (_, n) => n + 1) == 1
            ? ScriptedReply.Fail(faults[int.Parse(r.Text, System.Globalization.CultureInfo.InvariantCulture) % faults.Length])
            : r.Text);
        using var client = Given.Client(server).WithResilience(new() { Delay = TimeSpan.Zero, CircuitBreaker = null });
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Given.SendAsync(client, streamed: i % 2 == 0, Given.Ask($"{i}"))));
        Assert.Equal(Enumerable.Range(0, 100).Select(static i => $"{i}"), replies.Select(static r => r.Text));
        Assert.All(asked.Values, static n => Assert.Equal(2, n));
    }

    /// <summary>What a reader sees before it goes wrong.</summary>
    private static string Seen(string fault, bool streamed) => (fault, streamed) switch
    {
        ("cut within", true) => "ab",
        ("malformed" or "stalled", true) => "a",
        _ => "",
    };

    private static async Task<(string Text, Exception? Error)> TalkAsync(IChatClient client, bool streamed, CancellationToken token, TaskCompletionSource? seen = null)
    {
        var text = "";
        var error = await Record.ExceptionAsync(async () =>
        {
            if (!streamed)
            {
                text = (await client.GetResponseAsync(Given.Ask("?"), null, token)).Text;
                return;
            }

            await foreach (var update in client.GetStreamingResponseAsync(Given.Ask("?"), null, token))
            {
                text += update.Text;
                if (text.Length > 0)
                {
                    seen?.TrySetResult();
                }
            }
        });
        return (text, error);
    }

    /// <summary>Lets time pass to the next timer, as long as that is what the talk waits for: the time-out of a silent endpoint, or a delay that it asked for.</summary>
    private static async Task PassTimeAsync(Task talk, ChatServer server, ManualTimeProvider clock, string fault, bool streamed, Task seen)
    {
        await server.WhenRequestedAsync(1, Given.Token);
        if (fault == "silent" || (fault == "stalled" && !streamed))
        {
            clock.Advance(TimeOut);
            return; // A second attempt must not be timed out by this clock.
        }

        if (fault == "stalled")
        {
            await seen;
        }

        var longest = fault switch { "stalled" => TimeOut, "429" or "503" => TimeSpan.FromSeconds(5), _ => TimeSpan.Zero };
        while (longest > TimeSpan.Zero && !talk.IsCompleted && server.Chats.Count == 1)
        {
            if (clock.NextTimer is { } due && due <= longest)
            {
                clock.Advance(due);
            }

            await Task.Yield();
        }
    }
}
