namespace AgentFlow.Testing;

/// <summary>How a <see cref="ChatServer"/> behaves beside its script.</summary>
public sealed class ChatServerOptions
{
    private readonly int _maxBodyBytes = 4 * 1024 * 1024;

    /// <summary>The key that requests must carry as a bearer token; others get status 401. Default: any or none will do.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The ids that <c>/v1/models</c> lists. Default: <c>scripted</c>.</summary>
    public IReadOnlyList<string> Models { get; init; } = ["scripted"];

    /// <summary>The vector of a text. Default: words counted by hash in 64 dimensions and normalised, so that texts with the same words are near each other.</summary>
    public Func<string, ReadOnlyMemory<float>> Embed { get; init; } = WordVector.Of;

    /// <summary>The longest body that is read; longer ones get status 413. In bytes. Default: 4 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxBodyBytes
    {
        get => _maxBodyBytes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _maxBodyBytes = value;
        }
    }
}
