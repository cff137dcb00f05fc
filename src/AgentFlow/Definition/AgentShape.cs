using System.Security.Cryptography;
using System.Text;

namespace AgentFlow;

/// <summary>
/// What a recorded session relies on: the agent's inputs and actions by name, and what their values look like as JSON. Sessions recorded by
/// another shape go on only as far as names and contracts agree.
/// </summary>
public sealed class AgentShape
{
    /// <summary>Creates a shape.</summary>
    /// <param name="agent">The agent's id.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="actions">Its actions; those without an output have an empty contract.</param>
    public AgentShape(string agent, IReadOnlyList<ShapeMember> inputs, IReadOnlyList<ShapeMember> actions)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(actions);
        Agent = agent;
        Inputs = inputs;
        Actions = actions;
        Hash = Convert.ToHexStringLower(SHA256.HashData(WholeText.BytesOf(ToString())).AsSpan(0, 8));
    }

    /// <summary>The agent's id.</summary>
    public string Agent { get; }

    /// <summary>Its inputs.</summary>
    public IReadOnlyList<ShapeMember> Inputs { get; }

    /// <summary>Its actions, in the order of <see cref="AgentGraph.Actions"/>.</summary>
    public IReadOnlyList<ShapeMember> Actions { get; }

    /// <summary>Whether any of them is, or may hold, what must not be seen.</summary>
    public bool IsSensitive => Inputs.Concat(Actions).Any(static m => m.IsSensitive);

    /// <summary>16 hexadecimal digits: equal for equal shapes, whatever the order of the actions.</summary>
    public string Hash { get; }

    /// <summary>A name has no spaces in a line.</summary>
    internal static string Escape(string name) => name.Replace("%", "%25", StringComparison.Ordinal).Replace(" ", "%20", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal);

    /// <summary>The shape as text, a line for each member in ordinal order: <c>action Submit {Id:string}</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        var text = new StringBuilder().Append("agent ").Append(Agent).Append('\n');
        foreach (var line in Lines("input", Inputs).Concat(Lines("action", Actions)))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();

        static IEnumerable<string> Lines(string kind, IReadOnlyList<ShapeMember> members) =>
            members.Select(m => $"{kind} {Escape(m.Name)} {m.Contract}".TrimEnd()).Order(StringComparer.Ordinal);
    }
}

/// <summary>An input or an action in an <see cref="AgentShape"/>.</summary>
/// <param name="Name">Its name or id.</param>
/// <param name="Contract">What its value looks like as JSON, a question mark at the end if it may be null; empty if there is no value.</param>
public sealed record ShapeMember(string Name, string Contract)
{
    /// <summary>Whether the value is, or may hold, what must not be seen. No part of the text.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>Whether the value may be null.</summary>
    public bool IsNullable => Contract.EndsWith('?');
}
