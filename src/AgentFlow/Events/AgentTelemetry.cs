using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace AgentFlow;

/// <summary>The traces and metrics of all agents in the process, under the name <c>AgentFlow</c>.</summary>
public static class AgentTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the <see cref="Meter"/>.</summary>
    public const string Name = "AgentFlow";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    /// <summary>
    /// From ten microseconds, which an action of plain code takes, to a day, which one that waits for a person or a batch may take.
    /// </summary>
    private static readonly InstrumentAdvice<double> s_durations = new()
    {
        HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400],
    };

    internal static readonly Histogram<double> RunDuration = Meter.CreateHistogram("agentflow.run.duration", "s", "How long runs take.", tags: null, s_durations);
    internal static readonly Histogram<double> ActionDuration = Meter.CreateHistogram("agentflow.action.duration", "s", "How long actions take, all attempts included.", tags: null, s_durations);
    internal static readonly Counter<long> ActionFailures = Meter.CreateCounter<long>("agentflow.action.failures", "{failure}", "Actions that have finally failed.");
    internal static readonly Counter<long> ActionRetries = Meter.CreateCounter<long>("agentflow.action.retries", "{attempt}", "Attempts that failed and were followed by another.");

    internal static readonly Counter<long> LargePayloads = Meter.CreateCounter<long>("agentflow.session.large_payloads", "{payload}", "Inputs, outputs and signals of more than 256 KiB that were recorded.");
    internal static readonly Counter<long> WakeFailures = Meter.CreateCounter<long>("agentflow.session.wake_failures", "{failure}", "Attempts to go on with a session that failed: the store did not answer, or the session is damaged or incompatible.");
    internal static readonly Counter<long> BrokenSessions = Meter.CreateCounter<long>(
        "agentflow.session.broken", "{session}", "Sessions that were given up because of an exception that nobody expected; their leases run out, and they are resumed.");

    internal static readonly Counter<long> RefusedSignals = Meter.CreateCounter<long>("agentflow.session.refused_signals", "{signal}", "Signals that reached a session and could not be read or did not fit; it went on waiting.");

    internal static readonly Counter<long> ServiceFailures = Meter.CreateCounter<long>("agentflow.session.service_failures", "{failure}", "Scopes of services of sessions whose disposal failed.");

    /// <summary>Whether anybody listens to what is measured of every run. If not, runs skip that; failures and retries are counted all the same.</summary>
    public static bool IsObserved
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Source.HasListeners() | RunDuration.Enabled | ActionDuration.Enabled;
    }

    internal static void ActionFailed(string agent, Type run, string action, Exception error) => Count(ActionFailures, agent, run, action, error);

    internal static void ActionRetried(string agent, Type run, string action, Exception error) => Count(ActionRetries, agent, run, action, error);

    /// <summary>
    /// The tags that identify the agent of a measurement or span. Agents without sessions may share an id, which is the name of their class;
    /// the full name of the class tells them apart.
    /// </summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="run">The type of its runs: generated ones lie in a class in the agent's own.</param>
    internal static TagList Identify(string agent, Type run)
    {
        var tags = new TagList { { "agentflow.agent", agent } };
        if (run.DeclaringType?.DeclaringType?.FullName is { } type)
        {
            tags.Add("agentflow.agent.type", type);
        }

        return tags;
    }

    internal static void WakeFailed(Exception error) => WakeFailures.Add(1, new TagList { { "error.type", ErrorTypes.Of(error) } });

    internal static void SessionBroken(string agent, Exception error) =>
        BrokenSessions.Add(1, new TagList { { "agentflow.agent", agent }, { "error.type", ErrorTypes.Of(error) } });

    internal static void ServicesFailed(string agent, Exception error) =>
        ServiceFailures.Add(1, new TagList { { "agentflow.agent", agent }, { "error.type", ErrorTypes.Of(error) } });

    private static void Count(Counter<long> counter, string agent, Type run, string action, Exception error)
    {
        if (counter.Enabled)
        {
            var tags = Identify(agent, run);
            tags.Add("agentflow.action", action);
            tags.Add("error.type", ErrorTypes.Of(error));
            counter.Add(1, tags);
        }
    }
}
