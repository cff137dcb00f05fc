using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AgentFlow.Tests;

public class EventTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Xunit.Fact]
    public async Task A_stream_tells_the_whole_story()
    {
        var events = await ReadAsync(new Storyteller().StreamAsync(3, Token));
        Assert.Equal(
            [
                "agent_started Storyteller", "plan_generated Storyteller", "iteration_started Storyteller",
                "action_started Storyteller.Count", "thought Storyteller.Count", "progress Storyteller.Count", "custom Storyteller.Count", "llm_token Storyteller.Count", "action_completed Storyteller.Count",
                "action_skipped Storyteller.Odd", "iteration_completed Storyteller",
                "iteration_started Storyteller",
                "action_started Storyteller.Count", "thought Storyteller.Count", "progress Storyteller.Count", "custom Storyteller.Count", "llm_token Storyteller.Count", "action_completed Storyteller.Count",
                "action_skipped Storyteller.Odd", "iteration_completed Storyteller",
                "agent_completed Storyteller",
            ],
            events.Select(e => e.ToString()));
        Assert.True(events[^1].TryGetValue(out int result));
        Assert.Equal(2, result);
        Assert.Equal([1, 2], events.Where(e => e.Kind == AgentEventKind.ActionCompleted).Select(e => e.Iteration));
        var progress = events.First(e => e.Kind == AgentEventKind.Progress);
        Assert.Equal((0.5, "half"), (progress.Progress, progress.Message));
        var custom = events.First(e => e.Kind == AgentEventKind.Custom);
        Assert.True(custom.Name == "mine" && custom.TryGetValue(out int payload) && payload == 42);
        Assert.True(events[1].TryGetValue(out AgentGraph? graph));
        Assert.Same(Storyteller.Graph, graph);
    }

    [Xunit.Fact]
    public async Task A_failure_is_an_event_and_then_an_exception()
    {
        var events = new List<AgentEvent>();
        var failure = await Assert.ThrowsAsync<ActionFailedException>(async () =>
        {
            await foreach (var e in new Failing(yields: true).StreamAsync(Token))
            {
                events.Add(e);
            }
        });
        Assert.Equal(AgentEventKind.AgentFailed, events[^1].Kind);
        Assert.Same(failure, events[^1].Exception);
        Assert.Contains(events, e => e is { Kind: AgentEventKind.ActionFailed, Action: "Break", Exception: FormatException });
    }

    [Xunit.Fact]
    public async Task Retries_and_sequence_elements_are_events()
    {
        var retries = await ReadAsync(new RetriesFormat().StreamAsync(Token));
        Assert.Equal([1, 2], retries.Where(e => e.Kind == AgentEventKind.ActionRetrying).Select(e => e.Attempt));

        var outputs = await ReadAsync(new Streams().StreamAsync(Token));
        Assert.Equal("abc", string.Concat(outputs.Where(e => e.Kind == AgentEventKind.ActionOutput).Select(e => e.TryGetValue(out string? word) ? word : "?")));
    }

    [Xunit.Fact]
    public async Task Failed_elements_say_which()
    {
        var events = await ReadAsync(new EvenOnly().StreamAsync(6, Token));
        Assert.Equal([1, 3, 5], events.Where(e => e.Kind == AgentEventKind.ActionFailed).Select(e => e.Item!.Value).Order());
    }

    [Xunit.Fact]
    public async Task Leaving_a_stream_early_cancels_the_run_and_awaits_it()
    {
        var agent = new FailsWhileOtherRuns();
        await foreach (var e in agent.StreamAsync(Token))
        {
            if (e is { Kind: AgentEventKind.ActionStarted, Action: "Wait" })
            {
                break;
            }
        }

        Assert.True(agent.OtherSawCancellation);
    }

    [Xunit.Fact]
    public async Task A_slow_reader_holds_up_the_run_instead_of_filling_memory()
    {
        var agent = new Chatty();
        var most = 0;
        var read = 0;
        await foreach (var e in agent.StreamAsync(new RunOptions { EventCapacity = 8 }, Token))
        {
            read++;
            most = Math.Max(most, agent.Emitted - read);
        }

        Assert.Equal(1000, agent.Emitted);
        Assert.InRange(most, 0, 16);
    }

    [Xunit.Fact]
    public async Task A_full_stream_holds_up_the_start_of_actions()
    {
        var events = await ReadAsync(new TenActions().StreamAsync("x", new RunOptions { EventCapacity = 1 }, Token));
        Assert.Equal(10, events.Count(e => e.Kind == AgentEventKind.ActionCompleted));
    }

    [Xunit.Fact]
    public async Task Traces_and_metrics_are_emitted_for_those_who_listen()
    {
        var spans = new List<Activity>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AgentTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if ((string?)span.GetTagItem("agentflow.agent") == nameof(Traced))
                {
                    lock (spans)
                    {
                        spans.Add(span);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(traces);
        var durations = 0;
        using var metrics = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == AgentTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        metrics.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "agentflow.run.duration" && tags.ToArray().Contains(new("agentflow.agent", nameof(Traced))))
            {
                Interlocked.Increment(ref durations);
            }
        });
        metrics.Start();

        var before = Activity.Current;
        Assert.Equal("action First>action Second", await new Traced().RunAsync(Token));
        Assert.Same(before, Activity.Current);
        Assert.Equal(["action First", "action Second", "agent Traced"], spans.Select(s => s.OperationName));
        Assert.Equal(spans[2].SpanId, spans[0].ParentSpanId);
        Assert.Equal(1, durations);
    }

    [Xunit.Fact]
    public void Wire_names_are_those_of_the_protocol()
    {
        Assert.Equal(
            "agent_started plan_generated iteration_started action_started action_completed action_failed action_skipped action_retrying action_output iteration_completed agent_completed agent_failed llm_token thought progress custom agent_suspended",
            string.Join(' ', Enum.GetValues<AgentEventKind>().Select(k => k.ToWireName())));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((AgentEventKind)99).ToWireName());
    }

    private static async Task<List<AgentEvent>> ReadAsync(IAsyncEnumerable<AgentEvent> stream)
    {
        var events = new List<AgentEvent>();
        await foreach (var e in stream)
        {
            events.Add(e);
        }

        return events;
    }
}

[Agent(MaxIterations = 5)]
public sealed partial class Storyteller
{
    [Action, Result]
    private static async Task<int> Count(ActionContext context, [Previous(nameof(Count))] int before = 0)
    {
        await context.EmitThoughtAsync("hm");
        await context.EmitProgressAsync(0.5, "half");
        await context.EmitAsync("mine", 42);
        await context.EmitTokenAsync("tok");
        return before + 1;
    }

    private static bool Never(int count) => count > 100;

    [Action, When(nameof(Never))] private static void Odd() => throw new InvalidOperationException();

    [Until] private static bool Done(int count, [Input] int goal) => count >= goal - 1;
}

[Agent]
public sealed partial class Chatty
{
    private int _emitted;

    public int Emitted => Volatile.Read(ref _emitted);

    [Action]
    private async Task Talk(ActionContext context)
    {
        for (var i = 0; i < 1000; i++)
        {
            await context.EmitTokenAsync("x");
            Interlocked.Increment(ref _emitted);
        }
    }
}

[Agent]
public sealed partial class Traced
{
    [Action]
    private static async Task<string> First()
    {
        var name = Activity.Current?.OperationName;
        await Task.Yield();
        return name ?? "none";
    }

    [Action] private static string Second(string first) => $"{first}>{Activity.Current?.OperationName}";
}
