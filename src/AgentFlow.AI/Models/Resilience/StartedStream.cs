using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>A stream that has shown its first content, and can no longer be begun anew without somebody seeing it twice.</summary>
internal sealed class StartedStream : IAsyncDisposable
{
    /// <summary>Updates without content before the first one with it; a stream that sends more of them counts as begun.</summary>
    private const int MaxHeld = 64;

    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly Attempt _attempt;
    private readonly Queue<ChatResponseUpdate> _held = new();
    private bool _hasEnded;

    private StartedStream(IAsyncEnumerator<ChatResponseUpdate> updates, Attempt attempt)
    {
        _updates = updates;
        _attempt = attempt;
    }

    /// <summary>Reads up to the first content. If that fails, nothing is left open.</summary>
    public static async ValueTask<StartedStream> StartAsync(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> open, Attempt attempt)
    {
        StartedStream? stream = null;
        try
        {
            stream = new(open(attempt.Token).GetAsyncEnumerator(attempt.Token), attempt);
            while (stream._held.Count < MaxHeld && !stream._hasEnded)
            {
                stream._hasEnded = !await stream._updates.MoveNextAsync().ConfigureAwait(false);
                if (!stream._hasEnded)
                {
                    stream._held.Enqueue(stream._updates.Current);
                    if (stream._updates.Current.Contents.Count > 0)
                    {
                        break;
                    }
                }
            }

            attempt.Began();
            return stream;
        }
        catch (Exception error)
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            var translated = attempt.Translate(error);
            attempt.Dispose();
            if (translated is not null)
            {
                throw translated;
            }

            throw;
        }
    }

    /// <summary>The next update; <see langword="null"/> at the end.</summary>
    public async ValueTask<ChatResponseUpdate?> NextAsync()
    {
        if (_held.TryDequeue(out var held))
        {
            return held;
        }

        return !_hasEnded && await _updates.MoveNextAsync().ConfigureAwait(false) ? _updates.Current : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _updates.DisposeAsync().ConfigureAwait(false);
        _attempt.Dispose();
    }
}
