using System.Globalization;

namespace AgentFlow.Samples.Research.Terminal;

/// <summary>Appends a line for whatever settles: for logs, and for terminals that cannot redraw.</summary>
/// <param name="writer">Where.</param>
/// <param name="graph">The agent's graph, for the titles.</param>
public sealed class ProgressLines(TextWriter writer, AgentGraph graph) : IProgressView
{
    private readonly Dictionary<string, DateTimeOffset> _started = [];

    public void Show(in AgentEvent e)
    {
        if (e.Action is not { } action)
        {
            return;
        }

        if (e.Kind == AgentEventKind.ActionStarted)
        {
            _started[action] = e.Timestamp;
        }
        else if (Outcome(e) is { } outcome)
        {
            writer.WriteLine($"{graph.Actions.First(a => a.Name == action).Title}: {outcome}");
        }
    }

    private string? Outcome(in AgentEvent e) => e.Kind switch
    {
        AgentEventKind.ActionCompleted when e.Item is null => string.Create(CultureInfo.InvariantCulture, $"done in {(e.Timestamp - _started.GetValueOrDefault(e.Action!, e.Timestamp)).TotalSeconds:0.0} s"),
        AgentEventKind.ActionSkipped => "skipped",
        AgentEventKind.ActionRetrying => $"trying again: {e.Exception?.Message}",
        AgentEventKind.ActionFailed => $"failed: {e.Exception?.Message}",
        _ => null,
    };
}
