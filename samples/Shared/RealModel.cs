using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples;

/// <summary>The language model that the environment names.</summary>
internal static class RealModel
{
    /// <summary>Connects to it: OPENAI_API_KEY, OPENAI_BASE_URL (any endpoint that speaks OpenAI's protocol), OPENAI_MODEL.</summary>
    /// <returns>The model, or null if neither a key nor an endpoint is set.</returns>
    /// <exception cref="WrongUsageException">What is set cannot be used.</exception>
    public static IChatClient? FromEnvironment()
    {
        var key = Read("OPENAI_API_KEY");
        var endpoint = Read("OPENAI_BASE_URL");
        if (key is null && endpoint is null)
        {
            return null;
        }

        // A key goes into a header. It is a secret: no message quotes it.
        if (key?.AsSpan().ContainsAnyExceptInRange('!', '~') == true)
        {
            throw new WrongUsageException("OPENAI_API_KEY holds a character that no key has, such as a space or the end of a line");
        }

        return Uri.TryCreate(endpoint ?? "https://api.openai.com/v1", UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
            ? new OpenAIChatClient(new() { Model = Read("OPENAI_MODEL") ?? "gpt-4.1-mini", ApiKey = key, Endpoint = url }).WithResilience()
            : throw new WrongUsageException($"OPENAI_BASE_URL is '{endpoint}', and has to be an http or https URL such as https://api.openai.com/v1");
    }

    private static string? Read(string name) => Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
}
