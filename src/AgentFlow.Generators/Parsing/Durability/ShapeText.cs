using System;
using System.Linq;
using System.Text;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Parsing;

/// <summary>The shape of an agent as text, exactly as <c>AgentShape.ToString</c> of the run time writes it.</summary>
internal static class ShapeText
{
    public static string Of(AgentModel agent)
    {
        var text = new StringBuilder().Append("agent ").Append(agent.Id).Append('\n');
        foreach (var line in agent.Inputs.Select((input, i) => Line("input", input.Name, agent.Durable!.Inputs[i])).OrderBy(static l => l, StringComparer.Ordinal)
            .Concat(agent.Actions.Select((action, i) => Line("action", action.Id, agent.Durable!.Outputs[i])).OrderBy(static l => l, StringComparer.Ordinal)))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A name has no spaces in a line.</summary>
    public static string Escape(string name) => name.Replace("%", "%25").Replace(" ", "%20").Replace("\n", "%0A").Replace("\r", "%0D");

    private static string Line(string kind, string name, string contract) => $"{kind} {Escape(name)} {contract}".TrimEnd();
}
