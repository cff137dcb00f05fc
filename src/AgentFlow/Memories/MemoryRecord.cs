using System.Text.Json.Serialization;

namespace AgentFlow;

/// <summary>One memory, as stores keep it.</summary>
public sealed record MemoryRecord
{
    /// <summary>The most characters that <see cref="Text"/> may have: 16,384.</summary>
    public const int MaxTextLength = 16_384;

    /// <summary>The most characters that <see cref="Subject"/>, <see cref="Id"/>, <see cref="Session"/>, <see cref="Topic"/> and a source may have: 200.</summary>
    public const int MaxNameLength = 200;

    /// <summary>The most sources that a memory may have; of more, the latest are kept: 16.</summary>
    public const int MaxSources = 16;

    /// <summary>Whose memory it is: a user, a customer, a project. Memories of one subject are never seen by another.</summary>
    public required string Subject { get; init; }

    /// <summary>What it is known by within its subject.</summary>
    public required string Id { get; init; }

    /// <summary>The store's number of it: it rises with each memory that is added, and is never given again.</summary>
    public long Sequence { get; init; }

    /// <summary>What it is of.</summary>
    public MemoryKind Kind { get; init; }

    /// <summary>The memory, in words.</summary>
    public required string Text { get; init; }

    /// <summary>The session in which it happened; <see langword="null"/> if that is not known.</summary>
    public string? Session { get; init; }

    /// <summary>What a fact tells, such as <c>home city</c>: there is one fact of a topic, and the latest holds. <see langword="null"/>: none.</summary>
    public string? Topic { get; init; }

    /// <summary>Where it is from: documents, sessions, persons.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>How much it matters, 0 to 1. Default: 0.5.</summary>
    public double Importance { get; init; } = 0.5;

    /// <summary>How sure it is, 0 to 1. Default: 1.</summary>
    public double Confidence { get; init; } = 1;

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its text, sources or confidence last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it was last recalled; <see langword="null"/> if never.</summary>
    public DateTimeOffset? RecalledAt { get; init; }

    /// <summary>How often it was recalled.</summary>
    public int Recalls { get; init; }

    /// <summary>Its meaning; empty if no generator of embeddings made one.</summary>
    [JsonConverter(typeof(VectorConverter))]
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>The model that made <see cref="Embedding"/>; <see langword="null"/> if there is none.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>Says what the memory is, without saying it: texts belong into no log.</summary>
    /// <returns>Its kind and number.</returns>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Kind} memory {Sequence}");

    /// <summary>Checks that stores may take it. They do so before they add or replace it.</summary>
    /// <exception cref="ArgumentException">Something is too long, empty, or out of its range.</exception>
    public void Validate()
    {
        ValidateName(Subject, nameof(Subject));
        ValidateName(Id, nameof(Id));
        CheckText(Text);
        if (Session is not null)
        {
            ValidateName(Session, nameof(Session));
        }

        if (Topic is not null)
        {
            ValidateName(Topic, nameof(Topic));
        }

        if (Sources.Count > MaxSources)
        {
            throw new ArgumentException($"A memory has at most {MaxSources} sources, not {Sources.Count}.", nameof(Sources));
        }

        foreach (var source in Sources)
        {
            ValidateName(source, nameof(Sources));
        }

        CheckShare(Importance, nameof(Importance));
        CheckShare(Confidence, nameof(Confidence));
        if (!Enum.IsDefined(Kind))
        {
            throw new ArgumentException($"There is no kind {(int)Kind} of memories.", nameof(Kind));
        }
    }

    /// <summary>Checks a subject, an id, or another name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="parameter">What it was passed as, for the exception.</param>
    /// <exception cref="ArgumentException">It is empty, too long, or has a control character.</exception>
    public static void ValidateName(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        if (name.Length > MaxNameLength || name.Any(char.IsControl) || !WholeText.IsWhole(name))
        {
            throw new ArgumentException($"It has 1 to {MaxNameLength} characters, none of them a control character or half of one; this one has {name.Length}.", parameter);
        }
    }

    private static void CheckText(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.Length > MaxTextLength)
        {
            throw new ArgumentException($"A memory has at most {MaxTextLength} characters, not {text.Length}. Summarise it, or split it.", nameof(text));
        }

        // Stores keep UTF-8, which has no half characters.
        if (!WholeText.IsWhole(text))
        {
            throw new ArgumentException("A memory is text; this one has half of a surrogate pair.", nameof(text));
        }
    }

    private static void CheckShare(double share, string parameter)
    {
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(parameter, share, "It has to be between 0 and 1.");
        }
    }
}
