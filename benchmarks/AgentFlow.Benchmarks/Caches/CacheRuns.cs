using AgentFlow.AI;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.Benchmarks.Caches;

/// <summary>
/// What a cache spares: the same request over HTTP to a server on the loopback that answers at once, and from caches that hold the answer to a thousand others. A real model takes a thousand
/// times as long, and money.
/// </summary>
internal sealed class CacheRuns : IAsyncDisposable
{
    private const int Others = 1_000;

    private readonly ChatServer _server = ChatServer.Start(static request => request.Messages[0].Role == ChatRole.System ? "{\"actions\":[{\"name\":\"echo\",\"parameters\":{\"text\":\"a\"}}]}" : "An answer to " + request.Text);
    private readonly OpenAIChatClient _client;
    private readonly IChatClient _exact;
    private readonly IChatClient _similar;
    private readonly PlanAndExecuteAgent _planning;
    private readonly PlanAndExecuteAgent _planned;

    public CacheRuns()
    {
        _client = new(new() { Model = "any", Endpoint = _server.Endpoint });
        _exact = new OpenAIChatClient(new() { Model = "any", Endpoint = _server.Endpoint }).WithCache();
        _similar = new OpenAIChatClient(new() { Model = "any", Endpoint = _server.Endpoint }).WithSimilarityCache(new LetterGenerator(), new() { Threshold = 0.95 });
        var catalog = new PlanCatalog().AddTool("echo", static (arguments, _, _) => new(arguments));
        _planning = new(_client, catalog);
        _planned = new(_client, catalog, new() { Cache = new PlanCache() });
    }

    public async IAsyncEnumerable<(string Title, (string Name, Func<int, Task> Loop)[] Cases)> AllAsync()
    {
        for (var i = 0; i < Others; i++)
        {
            await _exact.GetResponseAsync(Question(i)).ConfigureAwait(false);
            await _similar.GetResponseAsync(Question(i)).ConfigureAwait(false);
        }

        await _planned.RunAsync("Echo.").ConfigureAwait(false);
        var asked = _server.Requests.Count;
        yield return ("A question that was answered before", [("over HTTP", Ask(_client)), ("exact cache", Ask(_exact)), ("similarity cache", Ask(_similar))]);
        yield return ("A task that was planned before", [("planned over HTTP", Plan(_planning)), ("plan cache", Plan(_planned))]);
        if (_server.Requests.Count == asked)
        {
            throw new InvalidOperationException("Nothing was asked over HTTP: there is nothing to compare with.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _exact.Dispose();
        _similar.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private static string Question(int i) => $"Question {i}: what is {(char)('a' + (i % 26))}{(char)('a' + (i / 26 % 26))}{new string((char)('a' + (i % 7)), i % 11)}?";

    private static Func<int, Task> Ask(IChatClient client) => async runs =>
    {
        for (var i = 0; i < runs; i++)
        {
            if (!(await client.GetResponseAsync(Question(500)).ConfigureAwait(false)).Text.StartsWith("An answer", StringComparison.Ordinal))
            {
                throw new InvalidOperationException("It answers something else.");
            }
        }
    };

    private static Func<int, Task> Plan(PlanAndExecuteAgent agent) => async runs =>
    {
        for (var i = 0; i < runs; i++)
        {
            if (!(await agent.RunAsync("Echo.").ConfigureAwait(false)).Succeeded)
            {
                throw new InvalidOperationException("The plan has failed.");
            }
        }
    };

    /// <summary>Meanings of 256 dimensions, by pairs of letters: cheap, so that the cache is measured and not its generator.</summary>
    private sealed class LetterGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(static value => new Embedding<float>(VectorOf(value)))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }

        private static float[] VectorOf(string text)
        {
            var vector = new float[256];
            for (var i = 1; i < text.Length; i++)
            {
                vector[((text[i - 1] * 31) + text[i]) & 255]++;
            }

            return vector;
        }
    }
}
