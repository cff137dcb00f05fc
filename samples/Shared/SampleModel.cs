using AgentFlow.AI;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples;

/// <summary>The model of a sample: the one that the environment names, else a script behind a local server of the same protocol.</summary>
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
        if (RealModel.FromEnvironment() is { } real)
        {
            return new(real, null);
        }

        var server = ChatServer.Start(script);
        return new(new OpenAIChatClient(new() { Model = "scripted", Endpoint = server.Endpoint }), server);
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
