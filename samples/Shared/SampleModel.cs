using AgentFlow.AI;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples;

/// <summary>The model of a sample: a real one where OPENAI_API_KEY or OPENAI_BASE_URL is set, else a script behind a local server of the same protocol.</summary>
internal sealed class SampleModel : IAsyncDisposable
{
    private readonly ChatServer? _server;

    private SampleModel(IChatClient client, ChatServer? server)
    {
        Client = client;
        _server = server;
    }

    public IChatClient Client { get; }

    public bool IsReal => _server is null;

    /// <summary>Connects to the model.</summary>
    /// <param name="script">What the script says where there is no real model.</param>
    public static SampleModel Connect(Func<ScriptedRequest, ScriptedReply> script)
    {
        var key = Environment.GetEnvironmentVariable("OPENAI_API_KEY");
        var endpoint = Environment.GetEnvironmentVariable("OPENAI_BASE_URL");
        if (key is null && endpoint is null)
        {
            var server = ChatServer.Start(script);
            return new(new OpenAIChatClient(new OpenAIModelOptions { Model = "scripted", Endpoint = server.Endpoint }), server);
        }

        var options = new OpenAIModelOptions
        {
            Model = Environment.GetEnvironmentVariable("OPENAI_MODEL") ?? "gpt-4.1-mini",
            ApiKey = key,
            Endpoint = new Uri(endpoint ?? "https://api.openai.com/v1"),
        };
        return new(new OpenAIChatClient(options).WithResilience(), null);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
