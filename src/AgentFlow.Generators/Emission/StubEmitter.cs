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
        writer.Line("#pragma warning disable CS0108, CS0114 // A name that hides another may be the very error that these members stand in for.");
        var type = names.TaskType;
        var access = AgentNames.Keyword(Access(agent, names));
        Stub($"public static {names.New}global::AgentFlow.AgentGraph Graph => {Throw};");
        Stub($"{access} {names.New}{type} RunAsync({Parameters(agent, names, withOptions: false)}) => {Throw};");
        Stub($"{access} {names.New}{type} RunAsync({Parameters(agent, names, withOptions: true)}) => {Throw};");
        Stub($"{access} {names.New}{Events} StreamAsync({Parameters(agent, names, withOptions: false)}) => {Throw};");
        Stub($"{access} {names.New}{Events} StreamAsync({Parameters(agent, names, withOptions: true)}) => {Throw};");
        if (Interfaces(agent, names) is not null)
        {
            var plain = SurfaceEmitter.Interface(agent, names);
            Stub($"global::System.Threading.Tasks.ValueTask<{names.ResultArgument}> {plain}.RunAsync({names.InputArgument} input, {Runtime.RunOptions} options, {Runtime.CancellationToken} cancellationToken) => {Throw};");
            Stub($"{Events} {plain}.StreamAsync({names.InputArgument} input, {Runtime.RunOptions} options, {Runtime.CancellationToken} cancellationToken) => {Throw};");
            if (agent.IsDurable)
            {
                var durable = SurfaceEmitter.Interface(agent, names, "IDurableAgent");
                Stub($"static global::AgentFlow.AgentShape {durable}.Shape => {Throw};");
                Stub($"{Runtime.AgentRun}<{names.ResultArgument}> {durable}.Rent({names.OptionalInputArgument} input, {Runtime.RunOptions} options) => {Throw};");
            }
        }

        if (SignalEmitter.HasAny(agent))
        {
            SignalEmitter.EmitParts(writer, agent);
            SignalEmitter.EmitKeys(writer, agent, names);
        }

        void Stub(string member)
        {
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
