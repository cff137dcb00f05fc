using System.Globalization;
using System.Text;

namespace AgentFlow.Samples.Research.Terminal;

/// <summary>A small table, one row an action, redrawn in place as the run goes.</summary>
/// <param name="writer">A terminal that understands ANSI sequences.</param>
/// <param name="graph">The agent's graph.</param>
/// <param name="width">The terminal's width; a row never wraps, or redrawing would miss it.</param>
public sealed class ProgressTable(TextWriter writer, AgentGraph graph, int width) : IProgressView
{
    private const string ClearToEndOfLine = "\e[K";

    private readonly Row[] _rows = [.. graph.Actions.Select(static a => new Row(a))];
    private bool _isDrawn;

    public void Show(in AgentEvent e)
    {
        var name = e.Action;
        if (name is not null)
        {
            _rows.First(r => r.Action.Name == name).Update(e);
        }

        if (name is not null || !_isDrawn)
        {
            Draw();
        }
    }

    private void Draw()
    {
        var text = new StringBuilder();
        if (_isDrawn)
        {
            text.Append(CultureInfo.InvariantCulture, $"\e[{_rows.Length}A");
        }

        var titles = _rows.Max(static r => r.Action.Title.Length);
        foreach (var row in _rows)
        {
            var line = $"  {row.Mark} {row.Action.Title.PadRight(titles)}  {row.Note}";
            text.Append(line.AsSpan(0, Math.Min(line.Length, Math.Max(1, width - 1)))).Append(ClearToEndOfLine).Append('\n');
        }

        writer.Write(text.ToString());
        writer.Flush();
        _isDrawn = true;
    }

    private sealed class Row(ActionNode action)
    {
        private DateTimeOffset _started;

        public ActionNode Action => action;

        public char Mark { get; private set; } = '·';

        public string Note { get; private set; } = "";

        public void Update(in AgentEvent e)
        {
            if (e.Item is not null && e.Kind is AgentEventKind.ActionCompleted or AgentEventKind.ActionFailed)
            {
                // An element: the action goes on.
                return;
            }

            if (e.Kind == AgentEventKind.ActionStarted)
            {
                _started = e.Timestamp;
            }

            (Mark, Note) = e.Kind switch
            {
                AgentEventKind.ActionStarted => ('▸', action.Mode == ActionMode.FireAndForget ? "in the background" : "…"),
                AgentEventKind.Progress => ('▸', e.Message ?? Note),
                AgentEventKind.ActionRetrying => ('↻', "trying again"),
                AgentEventKind.ActionCompleted => ('✓', string.Create(CultureInfo.InvariantCulture, $"{(e.Timestamp - _started).TotalSeconds:0.0} s")),
                AgentEventKind.ActionSkipped => ('–', "skipped"),
                AgentEventKind.ActionFailed => ('✗', FirstLine(e.Exception)),
                _ => (Mark, Note),
            };
        }

        private static string FirstLine(Exception? exception) => exception?.Message.Split('\n', 2)[0].TrimEnd() ?? "failed";
    }
}
