using System.Text;

namespace AgentFlow.AI;

/// <summary>Tells a model how to write a plan, and what it can call.</summary>
internal static class PlanGuide
{
    private const string Form = """
        A plan is a JSON object, and nothing else is to be answered:
        {"name": "short_name", "actions": [ACTION, ...], "result": "$output_key of the action whose output is the answer"}
        An ACTION is {"name": "unique_name", "type": "tool|agent|llm|relic|workflow", "target": "what it calls", "parameters": {...}, "output_key": "what its output is called"} and may have
        "depends_on": ["names of actions that come before, if no data says so"], "condition": "$score >= 0.5 and not contains($tags, 'draft')", "for_each": "$array" (then $item is the element),
        "retry": attempts, "timeout": seconds, "optional": true, "fallback": {"type", "target", "parameters"}, "mode": "async|sync|fire_and_forget".
        In parameters "$output_key" stands for an output, "$output_key.member" for a member of it, "text with ${output_key}" puts it into a text. A reference is a dependency. Names have letters, digits and _.
        """;

    public static string Of(PlanCatalog catalog, string instructions)
    {
        var text = new StringBuilder(instructions).Append("\n\n").Append(Form).Append("\n\nWhat can be called:\n");
        foreach (var target in catalog.Targets)
        {
            text.Append("- ").Append(TypeName(target.Type)).Append(" \"").Append(target.Name).Append('"');
            if (target.Description.Length > 0)
            {
                text.Append(": ").Append(target.Description);
            }

            text.Append(target.Parameters is { } parameters ? $" Parameters: {ReadableJson.Of(parameters.GetRawText())}" : "")
                .Append(target.Result is { } result ? $" Result: {ReadableJson.Of(result.GetRawText())}" : "")
                .Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The plan in an answer: what is within a fence, or from the first brace to the last.</summary>
    public static string Extract(string answer)
    {
        var start = answer.IndexOf('{', StringComparison.Ordinal);
        var end = answer.LastIndexOf('}');
        return start >= 0 && end > start ? answer[start..(end + 1)] : answer;
    }

    private static string TypeName(ActionType type) => type switch
    {
        ActionType.Agent => "agent",
        ActionType.Llm => "llm",
        ActionType.Relic => "relic",
        ActionType.Workflow => "workflow",
        _ => "tool",
    };
}
