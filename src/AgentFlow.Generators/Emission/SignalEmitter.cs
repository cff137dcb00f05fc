using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes what belongs to an agent's signals: the parts that C# asks for, typed keys, and methods of the session to answer with.</summary>
internal static class SignalEmitter
{
    public static bool HasAny(AgentModel agent) => Signals(agent).Any();

    /// <summary>The bodies of the partial methods: nobody calls them in a session.</summary>
    public static void EmitParts(SourceWriter writer, AgentModel agent)
    {
        foreach (var signal in agent.Actions.Where(static a => a.Signal is { Declaration: not null }))
        {
            writer.Line(AgentEmitter.GeneratedCode);
            writer.Line($"{signal.Signal!.Declaration} =>");
            writer.Line($"    throw new global::System.InvalidOperationException({Identifier.Literal($"Signal '{signal.Id}' is answered from outside, and only in a session: start the agent with AgentRuntime.StartAsync.")});");
            writer.Line();
        }
    }

    /// <summary>A key for each signal, inherited ones included; one that throws if the agent has errors.</summary>
    public static void EmitKeys(SourceWriter writer, AgentModel agent, AgentNames names)
    {
        var visibility = AgentNames.Keyword(names.StateVisibility);
        var type = $"{agent.QualifiedName}.{ReservedNames.SignalKeys}";
        writer.Line("/// <summary>The signals that sessions of the agent wait for.</summary>");
        writer.Line(AgentEmitter.GeneratedCode);
        writer.Line($"{visibility} static {names.New}{type} Signals {{ get; }} = new {type}();");
        writer.Line();
        writer.Line("/// <summary>The keys of the signals. As a property of this class, <c>Signals</c> takes the name of no type over.</summary>");
        writer.Line(AgentEmitter.GeneratedCode);
        writer.Line("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]");
        writer.Block($"{visibility} sealed {names.New}class {ReservedNames.SignalKeys}", () =>
        {
            if (!agent.HasErrors)
            {
                writer.Line($"internal {ReservedNames.SignalKeys}()");
                writer.Line("{");
                writer.Line("}");
                writer.Line();
            }

            foreach (var signal in Signals(agent))
            {
                writer.Line($"/// <summary>Completes <c>{Identifier.Xml(signal.Id)}</c>.</summary>");
                var key = $"public {Key(signal)} {Identifier.Escape(signal.Method.Name)}";
                writer.Line(agent.HasErrors
                    ? $"{key} => {StubEmitter.Throw};"
                    : $"{key} {{ get; }} = new({Identifier.Literal(signal.Id)}, {(signal.Output is null ? "null" : $"{names.Run}.ContractOf<{signal.Output.Name}>()")});");
            }
        });
    }

    public static bool HasExtensions(AgentModel agent) => Signals(agent).Any(static a => a.Signal!.HasExtension);

    /// <summary>Methods of the session, in a class beside the agent's outermost host.</summary>
    public static void EmitExtensions(SourceWriter writer, AgentModel agent, AgentNames names)
    {
        var visibility = agent.ContainingTypes.Count > 0 ? Visibility.Internal : agent.Visibility;
        writer.Line($"/// <summary>Answers to the signals of <c>{Identifier.Xml(agent.Name)}</c>.</summary>");
        writer.Line(AgentEmitter.GeneratedCode);
        if (agent.IsObsolete)
        {
            writer.Line(AgentEmitter.Obsolete);
        }

        writer.Block($"{AgentNames.Keyword(Narrower(visibility, names.StateVisibility))} static class {ReservedNames.Signals(agent)}", () =>
        {
            var isFirst = true;
            foreach (var signal in Signals(agent).Where(static a => a.Signal!.HasExtension))
            {
                if (!isFirst)
                {
                    writer.Line();
                }

                isFirst = false;
                var value = signal.Output is null ? "" : $"{signal.Output.Name} value, ";
                writer.Line($"/// <summary>Answers <c>{Identifier.Xml(signal.Id)}</c>.</summary>");
                writer.Line("/// <param name=\"session\">The session.</param>");
                if (signal.Output is not null)
                {
                    writer.Line("/// <param name=\"value\">The answer.</param>");
                }

                writer.Line("/// <param name=\"options\">Who answers, and how a repeated answer is told.</param>");
                writer.Line("/// <param name=\"cancellationToken\">Stops the attempt.</param>");
                writer.Line("/// <returns>Whether the answer is new.</returns>");
                writer.Line($"public static global::System.Threading.Tasks.ValueTask<bool> {signal.Method.Name}Async(this global::AgentFlow.Session<{agent.QualifiedName}, {names.ResultArgument}> session, {value}global::AgentFlow.SignalOptions? options = null, {Runtime.CancellationToken} cancellationToken = default) =>");
                writer.Line($"    session.SignalAsync({agent.QualifiedName}.Signals.{Identifier.Escape(signal.Method.Name)}, {(signal.Output is null ? "default" : "value")}, options, cancellationToken);");
            }
        });
    }

    /// <summary>One for each name: that there is but one is an error of its own.</summary>
    private static IEnumerable<ActionModel> Signals(AgentModel agent) =>
        agent.Actions.Where(static a => a.Signal is not null).GroupBy(static a => a.Method.Name).Select(static group => group.First());

    private static string Key(ActionModel signal) => $"global::AgentFlow.SignalKey<{signal.Output?.Name ?? "global::AgentFlow.Unit"}>";

    private static Visibility Narrower(Visibility left, Visibility right) => left < right ? left : right;
}
