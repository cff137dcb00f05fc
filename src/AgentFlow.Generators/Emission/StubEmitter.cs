using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes members that compile for an agent with errors, so that its callers do not add errors of their own to the one mistake.</summary>
internal static class StubEmitter
{
    public const string Throw = "throw new global::System.InvalidOperationException(\"This agent does not compile; its errors say why.\")";
    private const string Events = "global::System.Collections.Generic.IAsyncEnumerable<global::AgentFlow.AgentEvent>";

    /// <summary>What a caller may take the agent for; null if the types of its inputs or of its result cannot be named outside of it.</summary>
    public static string? Interfaces(AgentModel agent, AgentNames names) =>
        Access(agent, names) == Visibility.Private ? null : SurfaceEmitter.Interfaces(agent, names);

    public static void Emit(SourceWriter writer, AgentModel agent, AgentNames names)
    {
        var type = names.TaskType;
        var access = AgentNames.Keyword(Access(agent, names));
        Stub("Graph", $"public static {names.New}global::AgentFlow.AgentGraph Graph => {Throw};");
        Stub("RunAsync", $"{access} {names.New}{type} RunAsync({Parameters(agent, names, withOptions: false)}) => {Throw};");
        Stub("RunAsync", $"{access} {names.New}{type} RunAsync({Parameters(agent, names, withOptions: true)}) => {Throw};");
        Stub("StreamAsync", $"{access} {names.New}{Events} StreamAsync({Parameters(agent, names, withOptions: false)}) => {Throw};");
        Stub("StreamAsync", $"{access} {names.New}{Events} StreamAsync({Parameters(agent, names, withOptions: true)}) => {Throw};");
        if (Interfaces(agent, names) is not null)
        {
            new InterfaceEmitter(writer, agent, names).EmitStubs();
        }

        if (SignalEmitter.HasAny(agent))
        {
            SignalEmitter.EmitParts(writer, agent);
            if (!agent.Taken.Contains("Signals"))
            {
                SignalEmitter.EmitKeys(writer, agent, names);
            }
        }

        void Stub(string name, string member)
        {
            if (agent.Taken.Contains(name))
            {
                return;
            }

            writer.Line("/// <summary>Stands in until the agent compiles.</summary>");
            writer.Line(AgentEmitter.GeneratedCode);
            writer.Line(member);
        }
    }

    /// <summary>A stub may mention types that the error is about: it is as visible as they are.</summary>
    private static Visibility Access(AgentModel agent, AgentNames names) =>
        agent.Inputs.Select(i => i.Type.Visibility).Append(names.Result?.Visibility ?? Visibility.Public).Min();

    private static string Parameters(AgentModel agent, AgentNames names, bool withOptions)
    {
        var parameters = names.Parameters(withDefaults: !withOptions).ToList();
        if (withOptions)
        {
            parameters.Add($"{Runtime.RunOptions} {names.Options}");
        }

        parameters.Add($"{Runtime.CancellationToken} {names.Token} = default");
        return string.Join(", ", parameters);
    }
}
