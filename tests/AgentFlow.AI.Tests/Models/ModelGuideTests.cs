using System.ComponentModel;
using System.Net;
using System.Text.Json.Serialization;
using AgentFlow.Testing;
using AgentFlow.Tests;
using Anthropic;
using Anthropic.Exceptions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.AI.Tests.Models;

/// <summary>What the pages about models show is in this file, where it is compiled.</summary>
public class ModelGuideTests
{
    [Theory, InlineData("models.md"), InlineData("testing-models.md")]
    public void Every_line_of_the_page_is_compiled(string name) => GuidePage.IsCompiledHere(name, 10);

    private static void Models()
    {
        using var model = new OpenAIChatClient(new() { Model = "gpt-5-mini", ApiKey = Environment.GetEnvironmentVariable("OPENAI_API_KEY") });
        using var local = new OpenAIChatClient(new() { Model = "qwen3", Endpoint = new("http://localhost:11434/v1"), Timeout = TimeSpan.FromMinutes(5) });
        using var embeddings = new OpenAIEmbeddingGenerator(new() { Model = "text-embedding-3-small", ApiKey = Environment.GetEnvironmentVariable("OPENAI_API_KEY") });
        var layered = model
            .WithTelemetry()
            .WithResilience(new() { MaxAttempts = 4, RequestsPerMinute = 300, MaxConcurrency = 20, AttemptTimeout = TimeSpan.FromSeconds(60) })
            .WithSimilarityCache(embeddings, new() { Threshold = 0.8 })
            .WithCache(new() { TimeToLive = TimeSpan.FromHours(6), Capacity = 5_000 });
    }

    private static IChatClient Anthropic(string key)
    {
        var anthropic = new AnthropicClient { ApiKey = key, MaxRetries = 0 };
        var claude = anthropic.AsIChatClient("claude-sonnet-4-5").WithResilience(new()
        {
            IsTransient = static error => error is AnthropicApiException { StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError } || TransientErrors.IsTransient(error),
        });
        return claude;
    }

    private static void Registration(IServiceCollection services, string key)
    {
        services.AddOpenAIModel(ModelRoles.Worker, new() { Model = "gpt-5-mini", ApiKey = key });
        services.AddModel(ModelRoles.Planner, _ => new OpenAIChatClient(new() { Model = "gpt-5", ApiKey = key }).WithTelemetry().WithResilience());
        var prices = new PriceTable(new Dictionary<string, ModelPrice> { ["gpt-5-mini"] = new(input: 0.25, output: 2, cachedInput: 0.025), ["qwen3"] = ModelPrice.Free });
        services.AddSingleton(prices);
    }

    private static async Task AskAsync(ActionContext context, IChatClient model, IChatClient small, IChatClient large, ChatMessage[] messages, CancellationToken ct)
    {
        var verdict = await context.AskAsync(model, messages, VerdictJson.Default.Verdict, new() { MaxCorrections = 1 }, ct);
        var budget = new ModelBudget(5);
        using var chosen = new ModelSelector([new(small, new(0.25, 2), Quality: 0.6), new(large, new(2, 10), Quality: 0.9)], budget, new() { MinQuality = 0.5 });
        var reply = await chosen.GetResponseAsync(messages, new ChatOptions().RequireQuality(0.8), ct);
    }

    private static async Task ScriptsAsync(IChatClient real, string password)
    {
        using var model = new ScriptedChatClient(
            "Which city?",
            ScriptedReply.Call("weather", """{"place":"Rome"}""").WithUsage(120, 15),
            ScriptedReply.Streamed("It is ", "sunny."),
            ScriptedReply.Fail(ScriptedFault.Status(429, retryAfter: TimeSpan.FromSeconds(2))));
        using var echo = new ScriptedChatClient(request => $"You said: {request.Text}");
        var gate = new TaskCompletionSource();
        using var slow = new ScriptedChatClient(ScriptedReply.Streamed("first", "second") with { Gate = gate.Task, ChunksBeforeGate = 1 });
        await using var server = ChatServer.Start(
            ScriptedReply.Fail(ScriptedFault.CutBeforeAnswer),
            ScriptedReply.Streamed("a", "b", "c") with { Fault = ScriptedFault.CutAfter(2) },
            "whole");
        using var client = new OpenAIChatClient(new() { Model = "any", Endpoint = server.Endpoint }).WithResilience();
        using var recorder = new RecordingChatClient(real, "replies.jsonl", new() { Secrets = [password] });
        using var replay = new ReplayingChatClient("replies.jsonl");
    }
}

[Agent, Budget(Tokens = 20_000, Cost = 0.05)]
public sealed partial class Explainer
{
    [Action, Retry(3)]
    private static async Task<string> Explain([Input] string topic, [Service(Key = ModelRoles.Worker)] IChatClient model, ActionContext context, CancellationToken ct)
    {
        var response = await context.AskAsync(model, [new ChatMessage(ChatRole.User, $"Explain {topic} in two sentences.")], cancellationToken: ct);
        return response.Text;
    }
}

public sealed record Verdict([property: Description("From 0 to 1.")] double Score, string Reason);

[JsonSerializable(typeof(Verdict))]
internal sealed partial class VerdictJson : JsonSerializerContext;
