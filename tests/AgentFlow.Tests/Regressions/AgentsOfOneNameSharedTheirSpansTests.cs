using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AgentFlow.Tests.Regressions;

/// <summary>Traces and metrics could not tell apart two agents whose classes have the same name in different namespaces or types.</summary>
[Collection(nameof(Undisturbed))]
public sealed class AgentsOfOneNameSharedTheirSpansTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Spans_and_measurements_of_agents_of_one_class_name_tell_whose_they_are()
    {
        const string Tag = "agentflow.agent.type";
        var ours = new[] { typeof(Sales.Report).FullName!, typeof(Stock.Report).FullName! };
        var (spans, measured) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        using var spanListener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AgentTelemetry.Name,
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => Keep(spans, span.OperationName, span.GetTagItem(Tag)),
        };
        ActivitySource.AddActivityListener(spanListener);
        using var meterListener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == AgentTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meterListener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(measured, instrument.Name, tags.ToArray().FirstOrDefault(static tag => tag.Key == Tag).Value));
        meterListener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(measured, instrument.Name, tags.ToArray().FirstOrDefault(static tag => tag.Key == Tag).Value));
        meterListener.Start();

        Assert.Equal(1, await new Sales.Report().RunAsync(Ct));
        await Assert.ThrowsAsync<ActionFailedException>(async () => await new Stock.Report().RunAsync(Ct));
        Assert.Equal([$"action Count {ours[0]}", $"agent Report {ours[0]}", $"action Count {ours[1]}", $"agent Report {ours[1]}"], spans);
        Assert.Equal(
            [
                $"agentflow.action.duration {ours[0]}", $"agentflow.action.duration {ours[1]}", $"agentflow.action.failures {ours[1]}", $"agentflow.run.duration {ours[0]}",
                $"agentflow.run.duration {ours[1]}",
            ],
            measured.Order(StringComparer.Ordinal));

        // Other tests run beside this one.
        void Keep(ConcurrentQueue<string> seen, string name, object? type)
        {
            if (type is string text && ours.Contains(text))
            {
                seen.Enqueue($"{name} {text}");
            }
        }
    }
}

public static partial class Sales
{
    [Agent(Durable = false)]
    public sealed partial class Report
    {
        [Action]
        private static int Count() => 1;
    }
}

public static partial class Stock
{
    [Agent(Durable = false)]
    public sealed partial class Report
    {
        [Action]
        private static int Count() => throw new InvalidOperationException("Nobody knows.");
    }
}
