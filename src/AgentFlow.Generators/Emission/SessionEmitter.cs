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
        writer.Block("private sealed partial class Run", () =>
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

            EmitContracts();
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
            writer.Line($"public static {TypeInfo}<T> ContractOf<T>() => JsonContracts.Of<T>();");
            writer.Line();
        }

        Switch($"protected override {TypeInfo} InputJson(int input) => input switch", agent.Inputs.Select((input, i) => $"{i} => JsonContracts.Of<{Bare(input.Type)}>()"), "throw new global::System.ArgumentOutOfRangeException(nameof(input))");
        Switch("protected override object? GetInput(int input) => input switch", agent.Inputs.Select((_, i) => $"{i} => (object?)State.Inputs.{names.InputField(i)}"), "throw new global::System.ArgumentOutOfRangeException(nameof(input))");
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

    /// <summary>The contracts: these types and no others are ever read.</summary>
    private void EmitContracts()
    {
        writer.Line("/// <summary>How what the agent passes on is written as JSON: these types and no others.</summary>");
        writer.Block($"private sealed class JsonContracts : {Metadata}IJsonTypeInfoResolver", () =>
        {
            var resolver = durable.Context is null ? "new JsonContracts()" : $"{Metadata}JsonTypeInfoResolver.Combine(new JsonContracts(), {durable.Context}.Default)";
            writer.Block($"private static readonly {Json}JsonSerializerOptions Options = new()", () =>
            {
                writer.Line($"TypeInfoResolver = {resolver},");
                writer.Line($"NumberHandling = {Json}Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,");
                writer.Line("RespectNullableAnnotations = true,");
                writer.Line("RespectRequiredConstructorParameters = true,");
            }, "};");
            writer.Line();
            writer.Line($"public static {TypeInfo}<T> Of<T>() => ({TypeInfo}<T>)Options.GetTypeInfo(typeof(T));");
            writer.Line();
            writer.Block($"public {TypeInfo}? GetTypeInfo(global::System.Type type, {Json}JsonSerializerOptions options)", () =>
            {
                for (var i = 0; i < durable.Types.Count; i++)
                {
                    writer.Block($"if (type == typeof({durable.Types[i].Name}))", () => writer.Line($"return Create{i}(options);"));
                    writer.Line();
                }

                writer.Line("return null;");
            });
            for (var i = 0; i < durable.Types.Count; i++)
            {
                writer.Line();
                EmitType(durable.Types[i], i);
            }
        });
    }

    private void EmitType(JsonTypeModel type, int number)
    {
        var header = $"private static {TypeInfo}<{type.Name}> Create{number}({Json}JsonSerializerOptions options)";
        switch (type.Kind)
        {
            case JsonKind.Value:
                writer.Line($"{header} =>");
                writer.Line($"    {Metadata}JsonMetadataServices.CreateValueInfo<{type.Name}>(options, {type.Expression});");
                break;
            case JsonKind.Collection:
                var creator = type.Creation is { } creation && creation.StartsWith("static", StringComparison.Ordinal) ? $" {{ ObjectCreator = {creation} }}" : "";
                var range = type.Creation is { } factory && creator.Length == 0 ? $", {factory}" : "";
                var numbers = type.IsOfFloats ? $"{{ NumberHandling = {Json}Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals }}" : "";
                var values = (creator + numbers).Replace(" }{", ",");
                writer.Line($"{header} =>");
                writer.Line($"    {Metadata}JsonMetadataServices.{type.Expression}(options, new {Metadata}JsonCollectionInfoValues<{type.Name}>(){values}{range});");
                break;
            default:
                writer.Block(header, () => EmitObject(type, number));
                if (type.Members.Count > 0)
                {
                    writer.Line();
                    EmitMembers(type, number);
                }

                break;
        }
    }

    private void EmitObject(JsonTypeModel type, int number)
    {
        writer.Block($"var contract = {Metadata}JsonMetadataServices.CreateObjectInfo(options, new {Metadata}JsonObjectInfoValues<{type.Name}>", () =>
        {
            if (type.Construction is null)
            {
                writer.Line($"ObjectCreator = static () => {(type.Name[0] == '(' ? $"default({type.Name})" : $"new {type.Name}()")},");
            }
            else if (type.Construction.Length > 0)
            {
                writer.Line($"ObjectWithParameterizedConstructorCreator = static values => {type.Construction},");
                writer.Block($"ConstructorParameterMetadataInitializer = static () => new {Metadata}JsonParameterInfoValues[]", () =>
                {
                    for (var i = 0; i < type.Parameters.Count; i++)
                    {
                        var parameter = type.Parameters[i];
                        var @default = parameter.Default is { } value ? $", HasDefaultValue = true, DefaultValue = {value}" : "";
                        writer.Line($"new() {{ Name = {Identifier.Literal(parameter.Name)}, ParameterType = typeof({parameter.Type}), Position = {i}, IsNullable = {Bool(parameter.IsNullable)}, IsMemberInitializer = {Bool(parameter.IsMember)}{@default} }},");
                    }
                }, "},");
            }

            if (type.IsOfFloats)
            {
                writer.Line($"NumberHandling = {Json}Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,");
            }

            writer.Line($"PropertyMetadataInitializer = {(type.Members.Count > 0 ? $"_ => Members{number}(options)" : $"static _ => global::System.Array.Empty<{Metadata}JsonPropertyInfo>()")},");
        }, "});");
        if (type.Derived.Count > 0)
        {
            writer.Block($"contract.PolymorphismOptions = new {Metadata}JsonPolymorphismOptions", () =>
            {
                if (type.Discriminator is not null)
                {
                    writer.Line($"TypeDiscriminatorPropertyName = {Identifier.Literal(type.Discriminator)},");
                }

                writer.Line($"UnknownDerivedTypeHandling = {Json}Serialization.JsonUnknownDerivedTypeHandling.FailSerialization,");
                writer.Block("DerivedTypes =", () =>
                {
                    foreach (var derived in type.Derived)
                    {
                        writer.Line($"new {Metadata}JsonDerivedType(typeof({derived.Type}){(derived.Discriminator is null ? "" : ", " + derived.Discriminator)}),");
                    }
                }, "},");
            }, "};");
        }

        writer.Line("return contract;");
    }

    private void EmitMembers(JsonTypeModel type, int number)
    {
        writer.Block($"private static {Metadata}JsonPropertyInfo[] Members{number}({Json}JsonSerializerOptions options)", () =>
        {
            writer.Block($"var members = new {Metadata}JsonPropertyInfo[]", () =>
            {
                foreach (var member in type.Members)
                {
                    writer.Block($"{Metadata}JsonMetadataServices.CreatePropertyInfo(options, new {Metadata}JsonPropertyInfoValues<{member.Type}>", () =>
                    {
                        var name = Identifier.Escape(member.Name);
                        writer.Line($"DeclaringType = typeof({member.DeclaringType}),");
                        writer.Line($"IsProperty = {Bool(!member.IsField)},");
                        writer.Line("IsPublic = true,");
                        if (member.IsField)
                        {
                            writer.Line("HasJsonInclude = true,");
                        }

                        writer.Line($"PropertyName = {Identifier.Literal(member.Name)},");
                        writer.Line($"JsonPropertyName = {Identifier.Literal(member.JsonName)},");
                        writer.Line($"Getter = static instance => (({type.Name})instance).{name}!,");
                        if (member.IsSettable)
                        {
                            var target = type.IsValueType ? $"global::System.Runtime.CompilerServices.Unsafe.Unbox<{type.Name}>(instance)" : $"(({type.Name})instance)";
                            writer.Line($"Setter = static (instance, value) => {target}.{name} = value!,");
                        }

                        if (member.Converter is not null)
                        {
                            writer.Line($"PropertyTypeInfo = {Metadata}JsonMetadataServices.CreateValueInfo<{member.Type}>(options, {member.Converter}),");
                        }
                    }, "}),");
                }
            }, "};");
            for (var i = 0; i < type.Members.Count; i++)
            {
                if (!type.Members[i].IsNullable)
                {
                    writer.Line($"members[{i}].IsGetNullable = false;");
                    if (type.Members[i].IsSettable)
                    {
                        writer.Line($"members[{i}].IsSetNullable = false;");
                    }
                }
            }

            writer.Line("return members;");
        });
    }

    private static string Bool(bool value) => value ? "true" : "false";
}
