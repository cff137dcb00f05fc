using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentFlow.AI;

/// <summary>What a <see cref="LearningModelSelector"/> has learned, to be kept and given to another.</summary>
/// <param name="Models">The models, by name in ordinal order.</param>
public sealed record LearnedModels(IReadOnlyList<LearnedModel> Models)
{
    private const int MaxModels = 1_000;

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON.</param>
    /// <returns>What was learned.</returns>
    /// <exception cref="FormatException">It is something else: no such JSON, a number that is negative or not finite, a name twice, or more than 1,000 models.</exception>
    public static LearnedModels Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var read = JsonSerializer.Deserialize(json, LearningJson.Default.LearnedModels) ?? throw new FormatException("There is nothing of what was learned: the JSON is null.");
            read.Check();
            return read;
        }
        catch (JsonException e)
        {
            throw new FormatException($"This is not what LearnedModels.ToJson wrote. {e.Message}", e);
        }
    }

    /// <summary>What was learned, as JSON.</summary>
    /// <returns>The JSON.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, LearningJson.Default.LearnedModels);

    internal void Check()
    {
        if (Models.Count > MaxModels)
        {
            throw new FormatException($"There are {Models.Count} models, more than {MaxModels}.");
        }

        if (Models.FirstOrDefault(static m => m is null || new[] { m.Successes, m.Failures, m.Calls, m.Cost, m.Seconds }.Any(static x => !(x >= 0 && double.IsFinite(x)))) is { } odd)
        {
            throw new FormatException($"Something about '{odd.Name}' is negative or no number: {odd}.");
        }

        if (Models.Any(static m => m is null) || Models.GroupBy(static m => m.Name, StringComparer.Ordinal).Any(static group => group.Count() > 1))
        {
            throw new FormatException("A model is null, or is there twice.");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LearnedModels))]
internal sealed partial class LearningJson : JsonSerializerContext;
