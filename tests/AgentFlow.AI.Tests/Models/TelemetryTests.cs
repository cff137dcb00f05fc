using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly ActivityListener _listener;
    private readonly MeterListener _meters = new();
    private readonly Activity _root = new Activity("test").Start();

    public TelemetryTests()
    {
        // Other tests run at the same time: only what belongs to this one's trace, or model, counts.
        _listener = new()
        {
            ShouldListenTo = static s => s.Name == AgentTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == _root.TraceId)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == AgentTelemetry.Name && instrument.Name.StartsWith("gen_ai.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>((i, v, tags, _) => Measured(i.Name, v, tags));
        _meters.SetMeasurementEventCallback<long>((i, v, tags, _) => Measured(i.Name, v, tags));
        _meters.Start();
    }

    [Fact]
    public async Task Embeddings_are_told_as_well()
    {
        await using var server = ChatServer.Start("unused");
        using var generator = new OpenAIEmbeddingGenerator(new() { Model = "telemetry-vectors", Endpoint = server.Endpoint }).WithTelemetry();
        await generator.GenerateAsync(["secret text"], cancellationToken: TestContext.Current.CancellationToken);
        var span = Assert.Single(_spans);
        Assert.Equal(("embeddings telemetry-vectors", ActivityKind.Client, _root.SpanId), (span.OperationName, span.Kind, span.ParentSpanId));
        Assert.Equal("embeddings", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("telemetry-vectors", span.GetTagItem("gen_ai.request.model"));
        Assert.DoesNotContain(span.TagObjects, static tag => tag.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) == true);
        var measured = _measured.Where(static m => Equals(m.Tags.GetValueOrDefault("gen_ai.request.model"), "telemetry-vectors")).ToList();
        Assert.Equal(["gen_ai.client.operation.duration", "gen_ai.client.token.usage"], measured.Select(static m => m.Name).Order());

        await server.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => generator.GenerateAsync(["secret text"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(ActivityStatusCode.Error, _spans.Last().Status);
        Assert.NotNull(_spans.Last().GetTagItem("error.type"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_call_is_a_span_and_three_measurements_without_content(bool streamed)
    {
        await using var server = ChatServer.Start(ScriptedReply.Streamed("se", "cret").WithUsage(7, 3) with { ModelId = "telemetry-model-1" });
        using var client = new OpenAIChatClient(new() { Model = "telemetry-model", Endpoint = server.Endpoint }).WithTelemetry();
        await Given.SendAsync(client, streamed, Given.Ask("secret question"), new() { Temperature = 0.5f, MaxOutputTokens = 9 });
        var span = Assert.Single(_spans);
        Assert.Equal(("chat telemetry-model", ActivityKind.Client, _root.SpanId), (span.OperationName, span.Kind, span.ParentSpanId));
        Assert.Equal("chat", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("openai", span.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("telemetry-model", span.GetTagItem("gen_ai.request.model"));
        Assert.Equal("telemetry-model-1", span.GetTagItem("gen_ai.response.model"));
        Assert.Equal("chatcmpl-1", span.GetTagItem("gen_ai.response.id"));
        Assert.Equal(0.5f, span.GetTagItem("gen_ai.request.temperature"));
        Assert.Equal(9, span.GetTagItem("gen_ai.request.max_tokens"));
        Assert.Equal(7L, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(3L, span.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal(["stop"], (string[])span.GetTagItem("gen_ai.response.finish_reasons")!);
        Assert.Equal("127.0.0.1", span.GetTagItem("server.address"));
        Assert.Equal(server.Endpoint.Port, span.GetTagItem("server.port"));
        Assert.DoesNotContain(span.TagObjects, static t => t.Value?.ToString()?.Contains("secret", StringComparison.Ordinal) is true);
        Assert.Same(_root, Activity.Current);
        var mine = _measured.Where(m => Equals(m.Tags.GetValueOrDefault("server.port"), server.Endpoint.Port)).ToArray();
        Assert.Equal(["gen_ai.client.token.usage", "gen_ai.client.token.usage", "gen_ai.client.operation.duration"], mine.Select(static m => m.Name));
        Assert.Equal([("input", 7.0), ("output", 3.0)], mine[..2].Select(static m => ((string)m.Tags["gen_ai.token.type"]!, m.Value)));
        Assert.Equal("telemetry-model-1", mine[2].Tags["gen_ai.response.model"]);
        Assert.False(mine[2].Tags.ContainsKey("gen_ai.token.type"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_error_is_told_by_its_status(bool streamed)
    {
        await using var server = ChatServer.Start(ScriptedReply.Fail(ScriptedFault.Status(503)));
        using var client = Given.Client(server).WithTelemetry();
        await Assert.ThrowsAsync<ModelException>(() => Given.SendAsync(client, streamed, Given.Ask("?")));
        var span = Assert.Single(_spans);
        Assert.Equal((ActivityStatusCode.Error, "503"), (span.Status, span.GetTagItem("error.type")));
        var measured = Assert.Single(_measured, m => Equals(m.Tags.GetValueOrDefault("server.port"), server.Endpoint.Port));
        Assert.Equal("503", measured.Tags["error.type"]);
    }

    [Fact]
    public async Task Content_is_told_on_request_and_bounded()
    {
        using var model = new ScriptedChatClient("fine", new string('x', 500));
        using var client = model.WithTelemetry(new() { CaptureContent = true, MaxContentLength = 100 });
        await client.GetResponseAsync("how are you", null, Given.Token);
        await client.GetResponseAsync("?", null, Given.Token);
        var (first, second) = (_spans.First(), _spans.Last());
        Assert.Equal("""[{"role":"user","parts":[{"type":"text","content":"how are you"}]}]""", first.GetTagItem("gen_ai.input.messages"));
        Assert.Equal("""[{"role":"assistant","parts":[{"type":"text","content":"fine"}],"finish_reason":"stop"}]""", first.GetTagItem("gen_ai.output.messages"));
        Assert.Equal(101, ((string)second.GetTagItem("gen_ai.output.messages")!).Length);
    }

    [Fact]
    public async Task The_readers_spans_between_two_chunks_are_not_the_calls()
    {
        using var model = new ScriptedChatClient(ScriptedReply.Streamed("a", "b"));
        using var client = model.WithTelemetry();
        await foreach (var update in client.GetStreamingResponseAsync("?", null, Given.Token))
        {
            Assert.Same(_root, Activity.Current);
        }

        Assert.Equal(_root.SpanId, Assert.Single(_spans).ParentSpanId);
    }

    public void Dispose()
    {
        _root.Stop();
        _listener.Dispose();
        _meters.Dispose();
    }

    private void Measured(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _measured.Enqueue((name, value, new(tags.ToArray())));
}
