using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow;

public sealed partial class AgentGraph
{
    /// <summary>Draws the graph for Mermaid.</summary>
    /// <returns>A flowchart, lines ended by <c>\n</c>.</returns>
    public string ToMermaid()
    {
        var text = new StringBuilder("flowchart TD\n");
        foreach (var action in Actions)
        {
            var (open, close) = Shape(action);
            text.Append(CultureInfo.InvariantCulture, $"    a{action.Index}{open}\"{EscapeMermaid(action.Title)}\"{close}\n");
        }

        foreach (var edge in DistinctEdges())
        {
            text.Append(CultureInfo.InvariantCulture, $"    a{edge.From} {MermaidArrow(edge)} a{edge.To}\n");
        }

        return text.ToString();
    }

    /// <summary>Draws the graph for Graphviz.</summary>
    /// <returns>A digraph in the DOT language, lines ended by <c>\n</c>.</returns>
    public string ToDot()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"digraph \"{EscapeDot(Name)}\" {{\n    rankdir=TB;\n    node [shape=box, style=rounded];\n");
        foreach (var action in Actions)
        {
            var style = action switch
            {
                { Mode: ActionMode.FireAndForget } => ", style=\"rounded,dashed\"",
                { Condition: not null } => ", shape=diamond",
                { IsResult: true } => ", peripheries=2",
                _ => "",
            };
            text.Append(CultureInfo.InvariantCulture, $"    a{action.Index} [label=\"{EscapeDot(action.Title)}\"{style}];\n");
        }

        foreach (var edge in DistinctEdges())
        {
            var style = edge.Kind switch
            {
                DependencyKind.Value => edge.Type is null ? "" : $" [label=\"{EscapeDot(edge.Type)}\"]",
                DependencyKind.Previous => " [style=dashed, constraint=false, label=\"previous\"]",
                DependencyKind.Order => " [style=dotted]",
                _ => $" [style=dashed, label=\"{KindName(edge.Kind)}\"]",
            };
            text.Append(CultureInfo.InvariantCulture, $"    a{edge.From} -> a{edge.To}{style};\n");
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>Writes the graph as JSON: <c>name</c>, <c>actions</c>, <c>edges</c> (by action name), <c>waves</c> and <c>criticalPath</c>.</summary>
    /// <returns>Indented JSON.</returns>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("name", Name);
            json.WriteNumber("maxParallel", MaxParallel);
            json.WriteNumber("maxIterations", MaxIterations);
            json.WriteStartArray("actions");
            foreach (var action in Actions)
            {
                WriteAction(json, action);
            }

            json.WriteEndArray();
            json.WriteStartArray("edges");
            foreach (var edge in Edges)
            {
                WriteEdge(json, edge);
            }

            json.WriteEndArray();
            json.WriteStartArray("waves");
            foreach (var wave in Waves)
            {
                WriteNames(json, wave);
            }

            json.WriteEndArray();
            json.WritePropertyName("criticalPath");
            WriteNames(json, CriticalPath);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteNames(Utf8JsonWriter json, IReadOnlyList<ActionNode> actions)
    {
        json.WriteStartArray();
        foreach (var action in actions)
        {
            json.WriteStringValue(action.Name);
        }

        json.WriteEndArray();
    }

    private static string KindName(DependencyKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static string EscapeMermaid(string text) => text.Replace("\"", "#quot;", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static string EscapeDot(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static (string Open, string Close) Shape(ActionNode action) => action switch
    {
        { Condition: not null } => ("{{", "}}"),
        { Mode: ActionMode.FireAndForget } => (">", "]"),
        { IsResult: true } => ("([", "])"),
        { ForEach: >= 0 } => ("[[", "]]"),
        _ => ("[", "]"),
    };

    private static string MermaidArrow(DependencyEdge edge) => edge.Kind switch
    {
        DependencyKind.Value or DependencyKind.OptionalValue => edge.Type is null ? "-->" : $"-->|\"{EscapeMermaid(edge.Type)}\"|",
        DependencyKind.Order => "-.->",
        _ => $"-. {KindName(edge.Kind)} .->",
    };

    private void WriteAction(Utf8JsonWriter json, ActionNode action)
    {
        json.WriteStartObject();
        json.WriteString("name", action.Name);
        json.WriteString("title", action.Title);
        json.WriteString("type", JsonNamingPolicy.SnakeCaseLower.ConvertName(action.Type.ToString()));
        json.WriteString("mode", JsonNamingPolicy.SnakeCaseLower.ConvertName(action.Mode.ToString()));
        json.WriteString("effect", JsonNamingPolicy.SnakeCaseLower.ConvertName(action.Effect.ToString()));
        json.WriteNumber("priority", action.Priority);
        json.WriteNumber("wave", _wave[action.Index] + 1);
        if (action.Estimate is { } estimate)
        {
            json.WriteNumber("estimateSeconds", estimate.TotalSeconds);
        }

        if (action.Output is not null)
        {
            json.WriteString("output", action.Output);
        }

        if (action.Condition is not null)
        {
            json.WriteString("condition", action.Condition);
        }

        if (action.ForEach >= 0)
        {
            json.WriteString("forEach", Actions[action.ForEach].Name);
        }

        json.WriteBoolean("optional", action.IsOptional);
        json.WriteBoolean("compensated", action.IsCompensated);
        json.WriteBoolean("result", action.IsResult);
        json.WriteEndObject();
    }

    private void WriteEdge(Utf8JsonWriter json, DependencyEdge edge)
    {
        json.WriteStartObject();
        json.WriteString("from", Actions[edge.From].Name);
        json.WriteString("to", Actions[edge.To].Name);
        json.WriteString("kind", KindName(edge.Kind));
        if (edge.Parameter is not null)
        {
            json.WriteString("parameter", edge.Parameter);
        }

        if (edge.Type is not null)
        {
            json.WriteString("type", edge.Type);
        }

        json.WriteEndObject();
    }

    /// <summary>One edge for a pair of actions and a kind, for pictures.</summary>
    private IEnumerable<DependencyEdge> DistinctEdges() => Edges.DistinctBy(static e => (e.From, e.To, e.Kind));
}
