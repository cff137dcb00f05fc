using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Histograms had no advice on buckets, so that runs of microseconds and of hours fell into the same one, and <c>error.type</c> was always
/// that of the exception which carries the cause.
/// </summary>
[Collection(nameof(Undisturbed))]
public sealed class MeasurementsSayTheCauseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Buckets_reach_from_microseconds_to_hours_and_errors_are_their_causes()
    {
        var seen = new ConcurrentQueue<(Instrument Instrument, Dictionary<string, object?> Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == AgentTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(instrument, tags));
        listener.Start();
        await Assert.ThrowsAsync<ActionFailedException>(() => new NestsMeasuredFailure().RunAsync(Ct).AsTask());
        Assert.Equal(1, await new Measured().RunAsync(false, Ct));

        foreach (var name in new[] { "agentflow.run.duration", "agentflow.action.duration" })
        {
            var histogram = Assert.IsType<Histogram<double>>(seen.First(m => m.Instrument.Name == name).Instrument);
            var bounds = histogram.Advice!.HistogramBucketBoundaries!;
            Assert.Equal(bounds.Order(), bounds);
            Assert.True(bounds[0] <= 0.00001 && bounds[^1] >= 3600);
        }

        Assert.Equal("System.FormatException", Tag("agentflow.run.duration", "NestsMeasuredFailure"));
        Assert.Equal("System.FormatException", Tag("agentflow.action.duration", "NestsMeasuredFailure"));
        Assert.Equal("System.FormatException", Tag("agentflow.action.failures", "Measured"));
        Assert.Equal("System.FormatException", Tag("agentflow.action.retries", "Measured"));
        Assert.DoesNotContain(seen, m => m.Tags.TryGetValue("error.type", out var type) && type is null);

        void Keep(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) => seen.Enqueue((instrument, tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value)));

        object? Tag(string name, string agent) => seen.First(m => m.Instrument.Name == name && agent.Equals(m.Tags["agentflow.agent"]) && m.Tags.ContainsKey("error.type")).Tags["error.type"];
    }
}

[Agent]
public sealed partial class NestsMeasuredFailure
{
    [Action]
    private static async Task<int> Nest(ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Measured(), true, ct);
}

[Agent]
public sealed partial class Measured
{
    [Action, Retry(2, Delay = "00:00:00", On = [typeof(FormatException)])]
    private static int Fail([Input] bool fails) => fails ? throw new FormatException() : 1;
}
