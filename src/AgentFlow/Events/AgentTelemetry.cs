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
    internal static readonly Histogram<double> RunDuration = Meter.CreateHistogram<double>("agentflow.run.duration", "s", "How long runs take.");
    internal static readonly Histogram<double> ActionDuration = Meter.CreateHistogram<double>("agentflow.action.duration", "s", "How long actions take, all attempts included.");
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

    internal static void WakeFailed(Exception error) => WakeFailures.Add(1, new TagList { { "error.type", error.GetType().FullName } });

    internal static void SessionBroken(string agent, Exception error) =>
        BrokenSessions.Add(1, new TagList { { "agentflow.agent", agent }, { "error.type", error.GetType().FullName } });

    internal static void ServicesFailed(string agent, Exception error) =>
        ServiceFailures.Add(1, new TagList { { "agentflow.agent", agent }, { "error.type", error.GetType().FullName } });
}
