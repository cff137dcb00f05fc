using System.Text.Json;
using AgentFlow.AI;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp.App.Conformance;

/// <summary>
/// The client that the official conformance suite starts: connects to the suite's server, lists its tools and calls each once.
/// </summary>
public static class ConformanceClient
{
    /// <summary>Does that.</summary>
    /// <param name="endpoint">Where the suite's server is.</param>
    public static async Task RunAsync(Uri endpoint)
    {
        var transport = new HttpClientTransport(new()
        {
            Name = "conformance",
            Endpoint = endpoint,
            TransportMode = HttpTransportMode.StreamableHttp,
            OAuth = Authorization(),
        });
        var limit = TimeSpan.FromSeconds(20);
        await using var tools = await McpTools.ConnectAsync(
            transport,
            new() { Approval = McpApproval.Never, ConnectTimeout = limit, CallTimeout = limit });
        foreach (var tool in tools.Tools)
        {
            Console.WriteLine($"{tool.Name}: {await tool.InvokeAsync(ArgumentsFor(tool))}");
        }
    }

    /// <summary>For each argument that has to be given one of its kind.</summary>
    private static AIFunctionArguments ArgumentsFor(AIFunction tool)
    {
        var arguments = new AIFunctionArguments();
        if (tool.JsonSchema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                arguments[property.Name] = ArgumentFor(property.Value);
            }
        }

        return arguments;
    }

    private static JsonElement ArgumentFor(JsonElement schema) =>
        schema.TryGetProperty("default", out var usual) ? usual
        : schema.TryGetProperty("enum", out var values) ? values[0]
        : JsonElement.Parse((schema.TryGetProperty("type", out var type) ? type.GetString() : null) switch
        {
            "number" or "integer" => "5",
            "boolean" => "true",
            _ => "\"five\"",
        });

    private static ClientOAuthOptions Authorization()
    {
        var options = new ClientOAuthOptions
        {
            RedirectUri = new("http://localhost:3999/callback"),
            ClientMetadataDocumentUri = new("https://conformance-test.local/client-metadata.json"),
            AuthorizationCallbackHandler = AuthorizeAsync,
            DynamicClientRegistration = new() { ClientName = "AgentFlow" },
        };

        // What a scenario knows of the client beforehand.
        if (Environment.GetEnvironmentVariable("MCP_CONFORMANCE_CONTEXT") is { Length: > 0 } context)
        {
            using var known = JsonDocument.Parse(context);
            if (known.RootElement.TryGetProperty("client_id", out var id)
                && known.RootElement.TryGetProperty("client_secret", out var secret))
            {
                options.ClientId = id.GetString();
                options.ClientSecret = secret.GetString();
            }
        }

        return options;
    }

    /// <summary>A person who says yes: the suite's page redirects at once, and the code is in the address.</summary>
    private static async Task<AuthorizationResult?> AuthorizeAsync(
        AuthorizationCallbackContext context,
        CancellationToken cancellationToken)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var page = await browser.GetAsync(context.AuthorizationUri, cancellationToken);
        var answer = QueryHelpers.ParseQuery(page.Headers.Location!.Query);
        var issuer = answer.TryGetValue("iss", out var named) ? named.ToString() : null;
        return new() { Code = answer["code"], State = answer["state"], Iss = issuer };
    }
}
