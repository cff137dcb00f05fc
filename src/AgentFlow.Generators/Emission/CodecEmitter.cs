using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes how objects and enums are read and written without a contract.</summary>
internal sealed class CodecEmitter(SourceWriter writer)
{
    private const string Services = "global::AgentFlow.CompilerServices.";

    /// <summary>Writes the class <c>JsonCodecs</c>, if anything is in it.</summary>
    public void Emit(EquatableArray<JsonCodecModel> codecs)
    {
        if (codecs.Count == 0)
        {
            return;
        }

        writer.Line();
        writer.Line("/// <summary>How objects and enums are read and written without a contract. What does not fit is left to the contracts, which say why.</summary>");
        writer.Block($"private static class {JsonCodec.Class}", () =>
        {
            foreach (var codec in codecs.Where(static codec => codec.IsRead))
            {
                writer.Line($"private static readonly byte[][] Names_{codec.Name} = {{ {string.Join(", ", codec.Members.Select(static member => $"{Identifier.Literal(member.JsonName)}u8.ToArray()"))} }};");
            }

            var isFirst = !codecs.Any(static codec => codec.IsRead);
            foreach (var emit in codecs.SelectMany(Methods))
            {
                if (!isFirst)
                {
                    writer.Line();
                }

                isFirst = false;
                emit();
            }
        });
    }

    private IEnumerable<Action> Methods(JsonCodecModel codec)
    {
        if (codec.IsRead)
        {
            yield return () => (codec.IsEnum ? (Action<JsonCodecModel>)EmitNameReader : EmitReader)(codec);
        }

        if (codec.IsWritten)
        {
            yield return () => (codec.IsEnum ? (Action<JsonCodecModel>)EmitNameWriter : EmitWriter)(codec);
        }
    }

    private void EmitNameReader(JsonCodecModel codec) =>
        writer.Block($"{Reader(codec)} => {Services}ToolJsonReader.ReadName(json, Names_{codec.Name}, ref fits) switch", () =>
        {
            for (var i = 0; i < codec.Members.Count; i++)
            {
                writer.Line($"{i} => {codec.Type}.{codec.Members[i].Name},");
            }

            writer.Line("_ => default,");
        }, "};");

    private void EmitNameWriter(JsonCodecModel codec) =>
        writer.Block($"{Writer(codec, codec.Type)} => writer.WriteString(writer.NotNull(value switch", () =>
        {
            foreach (var member in codec.Members)
            {
                writer.Line($"{codec.Type}.{member.Name} => {Identifier.Literal(member.JsonName)},");
            }

            writer.Line("_ => null,");
        }, "}));");

    private void EmitReader(JsonCodecModel codec)
    {
        writer.Block(Reader(codec), () =>
        {
            foreach (var member in codec.Members)
            {
                writer.Line($"{member.Type} {member.Local} = {member.Default};");
            }

            writer.Line($"{Services}ToolMembers members = new {Services}ToolMembers(json, Names_{codec.Name}, ref fits);");
            writer.Block("while (members.MoveNext())", () => writer.Block("switch (members.Index)", () =>
            {
                for (var i = 0; i < codec.Members.Count; i++)
                {
                    var member = codec.Members[i];
                    writer.Line($"case {i}:");
                    writer.Indented(() =>
                    {
                        writer.Line($"{member.Local} = {member.Reading};");
                        writer.Line("break;");
                    });
                }
            }));
            writer.Line();
            EmitConstruction(codec);
        });
    }

    private void EmitConstruction(JsonCodecModel codec)
    {
        var required = codec.Members.Select(static (member, i) => member.IsRequired ? 1UL << i : 0).Aggregate(0UL, static (all, one) => all | one);
        var isWhole = $"members.HasAll(0x{required:x})";
        var nothing = codec.IsValueType ? "default" : "default!";
        if (codec.Members.All(static member => member.Assignment is null))
        {
            writer.Line($"return {isWhole} ? {codec.Construction} : {nothing};");
            return;
        }

        writer.Block($"if (!{isWhole})", () => writer.Line($"return {nothing};"));
        writer.Line();
        writer.Line($"{codec.Type} value = {codec.Construction};");
        for (var i = 0; i < codec.Members.Count; i++)
        {
            if (codec.Members[i].Assignment is { } assignment)
            {
                writer.Block($"if (members.Has({i}))", () => writer.Line($"value.{assignment};"));
                writer.Line();
            }
        }

        writer.Line("return value;");
    }

    /// <summary>In the order in which its contract writes it.</summary>
    private void EmitWriter(JsonCodecModel codec)
    {
        writer.Block(Writer(codec, codec.IsValueType ? codec.Type : codec.Type + "?"), () =>
        {
            if (!codec.IsValueType)
            {
                writer.Block("if (value is null)", () =>
                {
                    writer.Line("writer.WriteNull();");
                    writer.Line("return;");
                });
                writer.Line();
            }

            if (codec.IsOpen)
            {
                writer.Line("writer.NotDerived(value);");
            }

            writer.Line("writer.WriteStartObject();");
            foreach (var member in codec.Members.OrderBy(static member => member.JsonName, StringComparer.Ordinal))
            {
                writer.Line($"writer.WriteName({Identifier.Literal(member.JsonName)}u8);");
                writer.Line(member.Writing + ";");
            }

            writer.Line("writer.WriteEndObject();");
        });
    }

    private static string Reader(JsonCodecModel codec) => $"public static {codec.Type} Read_{codec.Name}(global::System.Text.Json.JsonElement json, ref bool fits)";

    private static string Writer(JsonCodecModel codec, string type) => $"public static void Write_{codec.Name}({Services}ToolJsonWriter writer, {type} value)";
}
