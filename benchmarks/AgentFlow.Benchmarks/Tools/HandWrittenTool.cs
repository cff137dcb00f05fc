using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AgentFlow.Benchmarks.Tools;

/// <summary>What a skilled hand writes around a method: it reads the arguments, calls, and writes the result. It checks nothing.</summary>
internal sealed class HandWrittenTool(string name, Func<AIFunctionArguments, CancellationToken, ValueTask<object?>> call) : AIFunction
{
    public override string Name => name;

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => call(arguments, cancellationToken);
}

/// <summary>The hand-written ones.</summary>
internal static class HandWrittenTools
{
    public static HandWrittenTool Plain { get; } = new(nameof(BenchmarkTools.Plain), static (arguments, _) =>
        new(JsonSerializer.SerializeToElement(BenchmarkTools.Plain(Text(arguments), Read(arguments, "number").GetInt32(), Read(arguments, "flag").GetBoolean()), HandWrittenJson.Default.Int32)));

    public static HandWrittenTool Plan { get; } = new(nameof(BenchmarkTools.Plan), static async (arguments, cancellationToken) =>
        JsonSerializer.SerializeToElement(await BenchmarkTools.Plan(Read(arguments, "trip").Deserialize(HandWrittenJson.Default.Trip)!, cancellationToken).ConfigureAwait(false), HandWrittenJson.Default.Trip));

    public static HandWrittenTool Book { get; } = new(nameof(BenchmarkTools.Book), static async (arguments, cancellationToken) =>
        JsonSerializer.SerializeToElement(await BenchmarkTools.Book(Read(arguments, "stay").Deserialize(HandWrittenJson.Default.Stay)!, cancellationToken).ConfigureAwait(false), HandWrittenJson.Default.Stay));

    public static HandWrittenTool Echo { get; } = new(nameof(BenchmarkTools.Echo), static (arguments, _) => new(BenchmarkTools.Echo(Text(arguments))));

    private static string Text(AIFunctionArguments arguments) => Read(arguments, "text").GetString()!;

    private static JsonElement Read(AIFunctionArguments arguments, string name) => (JsonElement)arguments[name]!;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(Trip))]
[JsonSerializable(typeof(Stay))]
internal sealed partial class HandWrittenJson : JsonSerializerContext;
