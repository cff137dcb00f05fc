using System;
using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>
/// Writes what code that is generic over agents calls: explicit implementations, which nobody else sees. Where the types are so long that no
/// explicit implementation could be named, hidden public members stand in for them.
/// </summary>
internal sealed class InterfaceEmitter(SourceWriter writer, AgentModel agent, AgentNames names)
{
    private const string Hidden = "[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]";
    private const string Events = "global::System.Collections.Generic.IAsyncEnumerable<global::AgentFlow.AgentEvent>";

    private readonly bool _isLong = names.IsLong;

    /// <summary>Members that work.</summary>
    public void Emit()
    {
        var inputs = names.InputInitializer(i => agent.Inputs.Count == 1 ? "input" : AgentNames.InputElement("input", i));
        var rented = names.InputInitializer(i => agent.Inputs.Count == 1 ? "input!" : AgentNames.InputElement("input", i));
        EmitRuns(() => $"{names.Run}.RunThrough(this, {inputs}, options, cancellationToken)", () => $"{names.Run}.Stream(this, {inputs}, options, cancellationToken)");
        if (agent.Durable is not null)
        {
            EmitDurable(() => $"{names.Run}.Shape", () => $"{names.Run}.RentFor(this, {rented}, options)");
        }
    }

    /// <summary>Members that throw.</summary>
    public void EmitStubs()
    {
        if (agent.Taken.Contains("Graph"))
        {
            Member("static ", "global::AgentFlow.AgentGraph", "IAgent", "Graph", StubEmitter.Throw, isLong: false);
        }

        EmitRuns(static () => StubEmitter.Throw, static () => StubEmitter.Throw);
        if (agent.IsDurable)
        {
            EmitDurable(static () => StubEmitter.Throw, static () => StubEmitter.Throw);
        }
    }

    private void EmitRuns(Func<string> run, Func<string> stream)
    {
        // With one input these are the overloads with options, unless a stub could not take the name.
        if (_isLong && agent.Inputs.Count == 1 && agent.Taken.IsEmpty)
        {
            return;
        }

        var parameters = $"({names.InputArgument} input, {Runtime.RunOptions} options, {Runtime.CancellationToken} cancellationToken)";
        Member("", $"global::System.Threading.Tasks.ValueTask<{names.ResultArgument}>", "IAgent", "RunAsync" + parameters, run(), _isLong && !agent.Taken.Contains("RunAsync"));
        Member("", Events, "IAgent", "StreamAsync" + parameters, stream(), _isLong && !agent.Taken.Contains("StreamAsync"));
    }

    private void EmitDurable(Func<string> shape, Func<string> rent)
    {
        Member("static ", "global::AgentFlow.AgentShape", "IDurableAgent", "Shape", shape(), _isLong && !agent.Taken.Contains("Shape"));
        Member("", $"{Runtime.AgentRun}<{names.ResultArgument}>", "IDurableAgent", $"Rent({names.OptionalInputArgument} input, {Runtime.RunOptions} options)", rent(), _isLong && !agent.Taken.Contains("Rent"));
    }

    private void Member(string modifier, string type, string @interface, string member, string body, bool isLong)
    {
        writer.Line();
        writer.Line(AgentEmitter.GeneratedCode);
        if (isLong)
        {
            writer.Line(Hidden);
            writer.Line($"public {names.New}{modifier}{type} {member} =>");
        }
        else
        {
            writer.Line($"{modifier}{type} {SurfaceEmitter.Interface(agent, names, @interface)}.{member} =>");
        }

        writer.Line($"    {body};");
    }
}
