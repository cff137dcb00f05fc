using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentFlow.AI;

/// <summary>What the patterns have models write.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Judgement))]
[JsonSerializable(typeof(Reasoning))]
[JsonSerializable(typeof(SubtaskList))]
internal sealed partial class PatternJson : JsonSerializerContext;
