using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes members that compile for an agent with errors, so that its callers do not add errors of their own to the one mistake.</summary>
internal static class StubEmitter
{
    private const string Throw = "throw new global::System.InvalidOperationException(\"This agent does not compile; its errors say why.\")";
    private const string CancellationToken = "global::System.Threading.CancellationToken";

    public static void Emit(SourceWriter writer, AgentModel agent, AgentNames names)
    {
        writer.Line("#pragma warning disable CS0108, CS0114 // A name that hides another may be the very error that these members stand in for.");
        var type = names.TaskType;
        var access = AgentNames.Keyword(Access(agent, names));
        Stub($"{access} static {names.New}global::AgentFlow.AgentGraph Graph => {Throw};");
        Stub($"{access} {names.New}{type} RunAsync({Parameters(agent, names, withOptions: false)}) => {Throw};");
        Stub($"{access} {names.New}{type} RunAsync({Parameters(agent, names, withOptions: true)}) => {Throw};");
        Stub($"{access} {names.New}global::System.Collections.Generic.IAsyncEnumerable<global::AgentFlow.AgentEvent> StreamAsync({Parameters(agent, names, withOptions: false)}) => {Throw};");
        Stub($"{access} {names.New}global::System.Collections.Generic.IAsyncEnumerable<global::AgentFlow.AgentEvent> StreamAsync({Parameters(agent, names, withOptions: true)}) => {Throw};");

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
            parameters.Add($"global::AgentFlow.RunOptions {names.Options}");
        }

        parameters.Add($"{CancellationToken} {names.Token} = default");
        return string.Join(", ", parameters);
    }
}
