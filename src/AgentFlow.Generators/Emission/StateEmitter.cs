using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes the state struct: where a run stands, as a value.</summary>
internal static class StateEmitter
{
    public static void Emit(SourceWriter writer, AgentModel agent, RunShape run, AgentNames names)
    {
        writer.Line("/// <summary>Where a run stands: its inputs, its iteration, which actions settled and how, and their outputs.</summary>");
        writer.Line(AgentEmitter.GeneratedCode);
        writer.Block("public struct State", () =>
        {
            Field(writer, "The arguments of the run.", "InputValues Inputs");
            Field(writer, "The current iteration, from 1.", "int Iteration");
            Field(writer, "Where each action stands, in the order of <see cref=\"global::AgentFlow.AgentGraph.Actions\"/>.", "StatusValues Statuses");
            Field(writer, "The outputs of the actions that have completed.", "OutputValues Outputs");
            if (run.HasPrevious)
            {
                Field(writer, "Where each action stood at the end of the previous iteration.", "StatusValues PreviousStatuses");
                Field(writer, "The outputs of the previous iteration.", "OutputValues Previous");
            }

            EmitNext(writer, run);
            writer.Line("/// <summary>The arguments of a run.</summary>");
            writer.Block("public struct InputValues", () =>
            {
                for (var i = 0; i < agent.Inputs.Count; i++)
                {
                    Member(writer, $"The input <c>{Identifier.Xml(agent.Inputs[i].Name)}</c>.", $"{agent.Inputs[i].Type.Name} {names.InputField(i)}");
                }
            });
            writer.Line();
            writer.Line("/// <summary>The outputs of the actions.</summary>");
            writer.Block("public struct OutputValues", () =>
            {
                foreach (var action in agent.Actions)
                {
                    if (action.Output is { } output)
                    {
                        Member(writer, $"What <c>{Identifier.Xml(action.Id)}</c> made.", $"{output.Name} {names.OutputField(action.Index)}");
                    }
                }
            });
            writer.Line();
            writer.Line("/// <summary>Where each action stands.</summary>");
            writer.Line($"[global::System.Runtime.CompilerServices.InlineArray({agent.Actions.Count})]");
            writer.Block("public struct StatusValues", () => writer.Line("private global::AgentFlow.ActionStatus _first;"));
        });
    }

    private static void EmitNext(SourceWriter writer, RunShape run)
    {
        writer.Block("internal void BeginNextIteration()", () =>
        {
            writer.Line("Iteration++;");
            if (run.HasPrevious)
            {
                writer.Line("Previous = Outputs;");
                writer.Line("PreviousStatuses = Statuses;");
            }

            writer.Line("Outputs = default;");
            writer.Line("Statuses = default;");
        });
        writer.Line();
    }

    private static void Field(SourceWriter writer, string summary, string declaration)
    {
        Member(writer, summary, declaration);
        writer.Line();
    }

    private static void Member(SourceWriter writer, string summary, string declaration)
    {
        writer.Line($"/// <summary>{summary}</summary>");
        writer.Line($"public {declaration};");
    }
}
