using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace AgentFlow.Generators.Analyzers;

/// <summary>The shapes that sessions in flight were recorded by, as <c>AgentFlow.Shipped.txt</c> lists them. Empty lines and those after <c>#</c> count for nothing.</summary>
internal sealed class ShippedShapes
{
    public const string FileName = "AgentFlow.Shipped.txt";

    private ShippedShapes(string path) => Path = path;

    public string Path { get; }

    public Dictionary<string, Shape> Agents { get; } = new(StringComparer.Ordinal);

    public static ShippedShapes Read(string path, SourceText text)
    {
        var shapes = new ShippedShapes(path);
        Shape? shape = null;
        foreach (var line in text.Lines)
        {
            var parts = line.ToString().Trim().Split([' '], 3);
            switch (parts[0])
            {
                case "agent" when parts.Length > 1:
                    shape = new Shape(Location.Create(path, line.Span, text.Lines.GetLinePositionSpan(line.Span)));
                    shapes.Agents[line.ToString().Trim().Substring("agent ".Length)] = shape;
                    break;
                case "input" when shape is not null && parts.Length > 1:
                    shape.Inputs[parts[1]] = parts.Length > 2 ? parts[2] : "";
                    break;
                case "action" when shape is not null && parts.Length > 1:
                    shape.Actions[parts[1]] = parts.Length > 2 ? parts[2] : "";
                    break;
            }
        }

        return shapes;
    }

    /// <summary>One agent; names as they are escaped.</summary>
    public sealed class Shape(Location location)
    {
        public Location Location { get; } = location;

        public Dictionary<string, string> Inputs { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Actions { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether an agent has the same inputs and actions, whatever it is called.</summary>
        /// <param name="shape">Its shape, as it would be recorded.</param>
        public bool HasMembersOf(string shape)
        {
            var lines = shape.TrimEnd('\n').Split('\n');
            return lines.Length - 1 == Inputs.Count + Actions.Count && lines.Skip(1).All(line =>
            {
                var parts = line.Split([' '], 3);
                return (parts[0] == "input" ? Inputs : Actions).TryGetValue(parts[1], out var recorded) && recorded == (parts.Length > 2 ? parts[2] : "");
            });
        }
    }
}
