using System;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes the contracts of System.Text.Json for a closed set of types: these and no others are ever read.</summary>
internal sealed class ContractEmitter(SourceWriter writer)
{
    private const string Json = "global::System.Text.Json.";
    private const string Metadata = Json + "Serialization.Metadata.";
    private const string TypeInfo = Metadata + "JsonTypeInfo";

    /// <summary>Writes the class <c>JsonContracts</c>.</summary>
    /// <param name="types">The types.</param>
    /// <param name="context">The user's context that knows the rest, or null.</param>
    /// <param name="summary">What they are for.</param>
    /// <param name="options">Further options, as initialisers.</param>
    public void Emit(EquatableArray<JsonTypeModel> types, string? context, string summary, params string[] options)
    {
        writer.Line($"/// <summary>{summary}</summary>");
        writer.Block($"private sealed class JsonContracts : {Metadata}IJsonTypeInfoResolver", () =>
        {
            var resolver = context is null ? "new JsonContracts()" : $"{Metadata}JsonTypeInfoResolver.Combine(new JsonContracts(), {context}.Default)";
            writer.Block($"private static readonly {Json}JsonSerializerOptions Options = new()", () =>
            {
                writer.Line($"TypeInfoResolver = {resolver},");
                writer.Line($"NumberHandling = {Json}Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,");
                writer.Line("RespectNullableAnnotations = true,");
                writer.Line("RespectRequiredConstructorParameters = true,");
                foreach (var option in options)
                {
                    writer.Line(option + ",");
                }
            }, "};");
            writer.Line();
            writer.Line($"public static {TypeInfo}<{ReservedNames.TypeParameter}> Of<{ReservedNames.TypeParameter}>() => ({TypeInfo}<{ReservedNames.TypeParameter}>)Options.GetTypeInfo(typeof({ReservedNames.TypeParameter}));");
            writer.Line();
            writer.Block($"public {TypeInfo}? GetTypeInfo(global::System.Type type, {Json}JsonSerializerOptions options)", () =>
            {
                for (var i = 0; i < types.Count; i++)
                {
                    writer.Block($"if (type == typeof({types[i].Name}))", () => writer.Line($"return Create{i}(options);"));
                    writer.Line();
                }

                writer.Line("return null;");
            });
            for (var i = 0; i < types.Count; i++)
            {
                writer.Line();
                EmitType(types[i], i);
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
                var contract = $"{Metadata}JsonMetadataServices.{type.Expression}(options, new {Metadata}JsonCollectionInfoValues<{type.Name}>(){values}{range})";
                writer.Line(type.Guard is { } guard ? $"    global::AgentFlow.CompilerServices.RecordedCollections.{guard}({contract});" : $"    {contract};");
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
        writer.Block($"{TypeInfo}<{type.Name}> contract = {Metadata}JsonMetadataServices.CreateObjectInfo(options, new {Metadata}JsonObjectInfoValues<{type.Name}>", () =>
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
            writer.Block($"{Metadata}JsonPropertyInfo[] members = new {Metadata}JsonPropertyInfo[]", () =>
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
