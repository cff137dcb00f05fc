using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes what a session needs of the agent's run: access to the state by number, and how each type is written as JSON.</summary>
internal sealed class SessionEmitter(SourceWriter writer, AgentModel agent, DurableModel durable, AgentNames names, RunShape run)
{
    private const string Json = "global::System.Text.Json.";
    private const string Metadata = Json + "Serialization.Metadata.";
    private const string TypeInfo = Metadata + "JsonTypeInfo";

    public void Emit()
    {
        writer.Block("public sealed partial class Run", () =>
        {
            EmitShape();
            EmitInputs();
            EmitOutputs();
            if (run.HasPrevious)
            {
                EmitPrevious();
            }

            if (durable.Upcasts.Count > 0)
            {
                EmitUpcasts();
            }

            new ContractEmitter(writer).Emit(durable.Types, durable.Context, "How what the agent passes on is written as JSON: these types and no others.");
        });
    }

    private void EmitShape()
    {
        writer.Line("public static readonly global::AgentFlow.AgentShape Shape = new(");
        writer.Indented(() =>
        {
            writer.Line($"{Identifier.Literal(agent.Id)},");
            Members(agent.Inputs.Select((input, i) => (input.Name, durable.Inputs[i], input.IsSensitive)), "},");
            Members(agent.Actions.Select((action, i) => (action.Id, durable.Outputs[i], action.IsSensitive)), "});");
        });
        writer.Line();

        void Members(IEnumerable<(string Name, string Contract, bool IsSensitive)> members, string end) => writer.Block("new global::AgentFlow.ShapeMember[]", () =>
        {
            foreach (var (name, contract, isSensitive) in members)
            {
                writer.Line($"new({Identifier.Literal(name)}, {Identifier.Literal(contract)}){(isSensitive ? " { IsSensitive = true }" : "")},");
            }
        }, end);
    }

    private void EmitInputs()
    {
        writer.Line("/// <summary>Prepares a run for a session.</summary>");
        writer.Line($"public static Run RentFor({agent.QualifiedName} agent, State.InputValues inputs, {Runtime.RunOptions} options) =>");
        writer.Line($"    Rent(ref t_idle, options, {Runtime.CancellationToken}.None).For(agent, inputs);");
        writer.Line();
        if (agent.Actions.Any(static a => a.Signal is not null))
        {
            writer.Line($"public static {TypeInfo}<{ReservedNames.TypeParameter}> ContractOf<{ReservedNames.TypeParameter}>() => JsonContracts.Of<{ReservedNames.TypeParameter}>();");
            writer.Line();
        }

        Switch($"protected override {TypeInfo} InputJson(int input) => input switch", agent.Inputs.Select((input, i) => $"{i} => JsonContracts.Of<{Bare(input.Type)}>()"), "throw new global::System.ArgumentOutOfRangeException(\"input\")");
        Switch("protected override object? GetInput(int input) => input switch", agent.Inputs.Select((_, i) => $"{i} => (object?)State.Inputs.{names.InputField(i)}"), "throw new global::System.ArgumentOutOfRangeException(\"input\")");
        Assign("protected override void SetInput(int input, object? value)", "input", agent.Inputs.Select((input, i) => (i, $"State.Inputs.{names.InputField(i)} = ({input.Type.Name})value!")));
        writer.Line("protected override void SetIteration(int iteration) => State.Iteration = iteration;");
        writer.Line();
    }

    private void EmitOutputs()
    {
        var makers = Makers();
        Switch($"protected override {TypeInfo}? OutputJson(int action) => action switch", makers.Select(a => $"{a.Index} => JsonContracts.Of<{Bare(a.Output!)}>()"), "null");
        Assign("protected override void SetOutput(int action, object? value)", "action", makers.Select(a => (a.Index, $"{names.Output("State", a.Index)} = ({a.Output!.Name})value!")));
        var loops = makers.Where(a => a.ForEach is not null).ToList();
        if (loops.Count > 0)
        {
            Switch($"protected override {TypeInfo}? ItemJson(int action) => action switch", loops.Select(a => $"{a.Index} => JsonContracts.Of<{Bare(CallEmitter.ValueType(a))}>()"), "null");
        }
    }

    private void EmitPrevious()
    {
        var makers = Makers();
        writer.Line($"protected override global::System.Span<{Runtime.ActionStatus}> PreviousStatuses => State.PreviousStatuses;");
        writer.Line();
        Switch("protected override object? GetPrevious(int action) => action switch", makers.Select(a => $"{a.Index} => (object?)State.Previous.{names.OutputField(a.Index)}"), "null");
        Assign("protected override void SetPrevious(int action, object? value)", "action", makers.Select(a => (a.Index, $"State.Previous.{names.OutputField(a.Index)} = ({a.Output!.Name})value!")));
    }

    private void EmitUpcasts()
    {
        writer.Block($"protected override bool Upcast(int action, string recorded, {Json}JsonElement value, out object? upcast)", () =>
        {
            writer.Block("switch (action)", () =>
            {
                foreach (var upcast in durable.Upcasts)
                {
                    writer.Line($"case {upcast.Action.ToString(CultureInfo.InvariantCulture)} when recorded == {Identifier.Literal(upcast.Contract)}:");
                    writer.Line($"    upcast = {upcast.Expression};");
                    writer.Line("    return true;");
                }

                writer.Line("default:");
                writer.Line("    upcast = null;");
                writer.Line("    return false;");
            });
        });
        writer.Line();
    }

    private List<ActionModel> Makers() => [.. agent.Actions.Where(a => a.Output is not null && durable.Outputs[a.Index].Length > 0)];

    private static string Bare(TypeRef type) => Bare(type.Name, type.IsValueType);

    private static string Bare(string name, bool isValueType = false) => !isValueType && name.EndsWith("?", StringComparison.Ordinal) ? name.Substring(0, name.Length - 1) : name;

    private void Switch(string header, IEnumerable<string> arms, string otherwise)
    {
        writer.Block(header, () =>
        {
            foreach (var arm in arms)
            {
                writer.Line(arm + ",");
            }

            writer.Line($"_ => {otherwise},");
        }, "};");
        writer.Line();
    }

    private void Assign(string header, string subject, IEnumerable<(int Index, string Statement)> cases)
    {
        if (!cases.Any())
        {
            return;
        }

        writer.Block(header, () => writer.Block($"switch ({subject})", () =>
        {
            foreach (var (index, statement) in cases)
            {
                writer.Line($"case {index.ToString(CultureInfo.InvariantCulture)}:");
                writer.Line($"    {statement};");
                writer.Line("    break;");
            }
        }));
        writer.Line();
    }
}
