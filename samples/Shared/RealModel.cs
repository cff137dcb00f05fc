using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples;

/// <summary>The language model that the environment names.</summary>
internal static class RealModel
{
    /// <summary>Connects to it: OPENAI_API_KEY, OPENAI_BASE_URL (any endpoint that speaks OpenAI's protocol), OPENAI_MODEL.</summary>
    /// <returns>The model, or null if neither a key nor an endpoint is set.</returns>
    public static IChatClient? FromEnvironment()
    {
        var key = Read("OPENAI_API_KEY");
        var endpoint = Read("OPENAI_BASE_URL");
        return key is null && endpoint is null
            ? null
            : new OpenAIChatClient(new() { Model = Read("OPENAI_MODEL") ?? "gpt-4.1-mini", ApiKey = key, Endpoint = new(endpoint ?? "https://api.openai.com/v1") }).WithResilience();
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
