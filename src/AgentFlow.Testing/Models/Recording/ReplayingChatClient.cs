using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>
/// Answers requests from what a <see cref="RecordingChatClient"/> wrote, without a model. A request that was recorded several times gets its replies in their order. One that was not recorded,
/// or not so often, is a <see cref="NotRecordedException"/>. What is streamed comes in the recorded chunks. Thread-safe.
/// </summary>
public sealed class ReplayingChatClient : IChatClient
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<List<ChatResponseUpdate>>> _replies = new(StringComparer.Ordinal);
    private readonly ChatClientMetadata _metadata = new("replayed");

    /// <summary>Reads a recording.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not one of a recording.</exception>
    public ReplayingChatClient(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            var (key, updates) = Recording.Parse(line, path, number);
            if (!_replies.TryGetValue(key, out var queue))
            {
                _replies[key] = queue = new();
            }

            queue.Enqueue(updates);
            Recorded++;
        }
    }

    /// <summary>How many replies were recorded.</summary>
    public int Recorded { get; }

    /// <summary>How many of them have not been asked for.</summary>
    public int Remaining
    {
        get
        {
            lock (_gate)
            {
                return _replies.Values.Sum(static q => q.Count);
            }
        }
    }

    /// <inheritdoc />
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Next(messages, options).ToChatResponse());
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var update in Next(messages, options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return update;
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // The file was read whole.
    }

    private List<ChatResponseUpdate> Next(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] sent = [.. messages];
        var key = Recording.KeyOf(sent, options);
        lock (_gate)
        {
            return !_replies.TryGetValue(key, out var queue) ? throw new NotRecordedException(_path, key, sent, wasRecorded: false)
                : queue.TryDequeue(out var updates) ? updates
                : throw new NotRecordedException(_path, key, sent, wasRecorded: true);
        }
    }
}
