using System.Linq;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes what users call: <c>RunAsync</c>, <c>StreamAsync</c>, <c>Graph</c>, and the interface that code generic over agents uses.</summary>
internal static class SurfaceEmitter
{
    private const string CancellationToken = "global::System.Threading.CancellationToken";
    private const string Events = "global::System.Collections.Generic.IAsyncEnumerable<global::AgentFlow.AgentEvent>";

    /// <summary>The interfaces that the agent implements.</summary>
    public static string Interfaces(AgentModel agent, AgentNames names) => agent.IsDurable ? Interface(agent, names, "IDurableAgent") : Interface(agent, names);

    public static string Interface(AgentModel agent, AgentNames names, string name = "IAgent") =>
        $"global::AgentFlow.{name}<{agent.QualifiedName}, {names.InputArgument}, {names.ResultArgument}>";

    public static void Emit(SourceWriter writer, AgentModel agent, AgentNames names, Topology topology)
    {
        writer.Line("/// <summary>The agent's actions and the edges between them.</summary>");
        writer.Line(AgentEmitter.GeneratedCode);
        writer.Line($"public static {names.New}global::AgentFlow.AgentGraph Graph => {names.Run}.Graph;");
        writer.Line();

        var run = names.Result is null ? (Open: names.Run + ".WithoutResult(", Close: ")") : (Open: "", Close: "");
        Plan(writer, agent, topology);
        Method(writer, agent, names, names.TaskType, "RunAsync", withOptions: false, $"{run.Open}{names.Run}.RunThrough(this, {Inputs(agent, names)}, global::AgentFlow.RunOptions.Default, {names.Token}){run.Close}");
        writer.Line();
        Plan(writer, agent, topology);
        writer.Line($"/// <param name=\"{names.Options}\">What surrounds the run: services, clock.</param>");
        Method(writer, agent, names, names.TaskType, "RunAsync", withOptions: true, $"{run.Open}{names.Run}.RunThrough(this, {Inputs(agent, names)}, {names.Options}, {names.Token}){run.Close}");
        writer.Line();
        writer.Line("/// <summary>Runs the agent and tells what happens.</summary>");
        Method(writer, agent, names, Events, "StreamAsync", withOptions: false, $"{names.Run}.Stream(this, {Inputs(agent, names)}, global::AgentFlow.RunOptions.Default, {names.Token})");
        writer.Line();
        writer.Line("/// <summary>Runs the agent and tells what happens.</summary>");
        writer.Line($"/// <param name=\"{names.Options}\">What surrounds the run: services, clock.</param>");
        Method(writer, agent, names, Events, "StreamAsync", withOptions: true, $"{names.Run}.Stream(this, {Inputs(agent, names)}, {names.Options}, {names.Token})");
        writer.Line();

        new InterfaceEmitter(writer, agent, names).Emit();
    }

    /// <summary>The plan as a doc comment: an editor's tooltip shows the waves.</summary>
    public static void Plan(SourceWriter writer, AgentModel agent, Topology topology)
    {
        const int Shown = 40;
        writer.Line($"/// <summary>Runs the agent: {agent.Actions.Count} action{(agent.Actions.Count == 1 ? "" : "s")} in {topology.Wave.Max() + 1} wave{(topology.Wave.Max() == 0 ? "" : "s")}.</summary>");
        writer.Line("/// <remarks>");
        foreach (var wave in agent.Actions.GroupBy(a => topology.Wave[a.Index]).OrderBy(g => g.Key).Take(Shown))
        {
            var more = wave.Count() > Shown ? ", …" : "";
            writer.Line($"/// <para>Wave {wave.Key + 1}: {string.Join(", ", wave.Take(Shown).Select(a => Identifier.Xml(a.Id)))}{more}</para>");
        }

        writer.Line("/// </remarks>");
    }

    private static string Inputs(AgentModel agent, AgentNames names) => names.InputInitializer(i => Identifier.Escape(agent.Inputs[i].Name));

    private static void Method(SourceWriter writer, AgentModel agent, AgentNames names, string type, string name, bool withOptions, string body)
    {
        foreach (var input in agent.Inputs)
        {
            writer.Line($"/// <param name=\"{input.Name}\">An input of the agent.</param>");
        }

        writer.Line($"/// <param name=\"{names.Token}\">Cancels the run.</param>");
        if (name == "StreamAsync")
        {
            writer.Line("/// <returns>The events, up to the one that ends the run.</returns>");
        }
        else
        {
            writer.Line(names.Result is null ? "/// <returns>Completes when the run has ended.</returns>" : $"/// <returns>The value of {Identifier.Xml(agent.Actions[agent.Result].Id)}.</returns>");
        }

        var parameters = names.Parameters(withDefaults: !withOptions).ToList();
        if (withOptions)
        {
            parameters.Add($"global::AgentFlow.RunOptions {names.Options}");
        }

        parameters.Add($"{CancellationToken} {names.Token} = default");
        writer.Line(AgentEmitter.GeneratedCode);
        writer.Line($"public {names.New}{type} {name}({string.Join(", ", parameters)}) =>");
        writer.Line($"    {body};");
    }
}
