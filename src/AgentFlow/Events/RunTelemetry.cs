using System.Diagnostics;

namespace AgentFlow;

/// <summary>The trace and the timings of one observed run. Every member is called under the run's gate, but for the start of activities.</summary>
internal sealed class RunTelemetry(string agent, Type run, int actions)
{
    private readonly TagList _identity = AgentTelemetry.Identify(agent, run);
    private readonly Activity?[] _activities = new Activity?[actions];
    private readonly long[] _started = new long[actions];
    private readonly long _begun = Stopwatch.GetTimestamp();
    private Activity? _run;

    /// <summary>Starts the run's span below the caller's.</summary>
    public void Begin()
    {
        var caller = Activity.Current;
        _run = AgentTelemetry.Source.StartActivity(ActivityKind.Internal, tags: _identity, name: $"agent {agent}");
        Activity.Current = caller;
    }

    /// <summary>The span that an action's body runs in.</summary>
    public Activity? ActivityOf(int action) => _activities[action] ?? _run;

    public void Started(int action, string name)
    {
        _started[action] = Stopwatch.GetTimestamp();
        if (AgentTelemetry.Source.HasListeners())
        {
            var current = Activity.Current;
            _activities[action] = AgentTelemetry.Source
                .StartActivity(ActivityKind.Internal, _run?.Context ?? default, _identity, name: $"action {name}")?
                .SetTag("agentflow.action", name);
            Activity.Current = current;
        }
    }

    public void Settled(int action, string name, ActionStatus status, Exception? error)
    {
        if (_started[action] == 0)
        {
            return;
        }

        var tags = _identity;
        tags.Add("agentflow.action", name);
        tags.Add("agentflow.status", status.ToString());
        if (error is not null)
        {
            tags.Add("error.type", ErrorTypes.Of(error));
        }

        AgentTelemetry.ActionDuration.Record(Stopwatch.GetElapsedTime(_started[action]).TotalSeconds, tags);
        End(_activities[action], error);
        _activities[action] = null;
        _started[action] = 0;
    }

    public void End(Exception? error)
    {
        var tags = _identity;
        if (error is not null)
        {
            tags.Add("error.type", ErrorTypes.Of(error));
        }

        AgentTelemetry.RunDuration.Record(Stopwatch.GetElapsedTime(_begun).TotalSeconds, tags);
        End(_run, error);
    }

    private static void End(Activity? activity, Exception? error)
    {
        if (activity is null)
        {
            return;
        }

        if (error is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
            activity.SetTag("error.type", ErrorTypes.Of(error));
        }

        // Stopping a span makes its parent current, on whatever thread that happens to be.
        var current = Activity.Current;
        activity.Dispose();
        Activity.Current = current;
    }
}
