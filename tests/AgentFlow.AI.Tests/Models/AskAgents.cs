using System.ComponentModel;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

[Agent(Name = "ModelAsker"), Budget(Tokens = 100, Cost = 1)]
public sealed partial class Asker
{
    [Action]
    private static async Task<string> Answer([Input] string question, [Service(Key = ModelRoles.Planner)] IChatClient model, ActionContext context, CancellationToken ct)
    {
        var response = await context.AskAsync(model, [new ChatMessage(ChatRole.User, question)], cancellationToken: ct);
        ct.ThrowIfCancellationRequested();
        return response.Text;
    }
}

[Agent(Durable = false)]
public sealed partial class TypedAsker
{
    [Action]
    private static async Task<Trip> Plan([Input] string question, [Service] IChatClient model, ActionContext context, CancellationToken ct) =>
        await context.AskAsync(model, [new ChatMessage(ChatRole.User, question)], AskJson.Default.Trip, cancellationToken: ct);
}

[Description("A trip.")]
public sealed record Trip([property: Description("Where it goes.")] string Place, int Days, Season Season, string? Note, Halt[] Stops);

public sealed record Halt(string Name, Halt? Next);

[JsonConverter(typeof(JsonStringEnumConverter<Season>))]
public enum Season
{
    Summer,
    Winter,
}

public sealed record Even
{
    private readonly int _number;

    public int Number
    {
        get => _number;
        init => _number = value % 2 == 0 ? value : throw new ArgumentException("The number must be even.");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Trip)), JsonSerializable(typeof(int[])), JsonSerializable(typeof(Halt[])), JsonSerializable(typeof(Even))]
internal sealed partial class AskJson : JsonSerializerContext;
