using System.Runtime.CompilerServices;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>
/// Passes requests on to a real model, and appends each whole reply to a file of JSON lines, for <see cref="ReplayingChatClient"/>. Failed calls, and streams that their reader left,
/// are not recorded. Headers and keys never reach it; secrets in messages are taken out (<see cref="RecordingOptions.Secrets"/>). Thread-safe; one recorder a file.
/// </summary>
public sealed class RecordingChatClient : DelegatingChatClient
{
    private readonly string _path;
    private readonly SecretFilter _filter;
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <summary>Creates a recorder.</summary>
    /// <param name="inner">The real model. It is owned.</param>
    /// <param name="path">The file; lines are added to one that exists.</param>
    /// <param name="options">How replies are recorded.</param>
    public RecordingChatClient(IChatClient inner, string path, RecordingOptions? options = null)
        : base(inner)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
        _filter = new(options?.Secrets ?? []);
    }

    /// <inheritdoc />
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        _ = Recording.KeyOf(sent, options); // Before anything is paid for.
        var response = await base.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
        await WriteAsync(Recording.Line(sent, options, response.ToChatResponseUpdates(), _filter), cancellationToken).ConfigureAwait(false);
        return response;
    }

    /// <inheritdoc />
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        _ = Recording.KeyOf(sent, options);
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in base.GetStreamingResponseAsync(sent, options, cancellationToken).ConfigureAwait(false))
        {
            OpenAIChatClient.MarkRefusal(update);
            updates.Add(update.Clone());
            yield return update;
        }

        await WriteAsync(Recording.Line(sent, options, updates, _filter), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task WriteAsync(string line, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            await File.AppendAllTextAsync(_path, line + "\n", cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }
}
