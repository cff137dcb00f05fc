using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>How a <see cref="LongTermMemory"/> recalls and forgets.</summary>
public sealed class LongTermMemoryOptions
{
    /// <summary>By words, with the default weights, at most 10,000 memories of a subject.</summary>
    public static LongTermMemoryOptions Default { get; } = new();

    /// <summary>Compares meanings. Default: none; words are compared instead (<see cref="TextIndex{TKey}"/>, BM25).</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Embeddings { get; init; }

    /// <summary>What counts how much when memories are recalled. Default: <see cref="RecallWeights.Default"/>.</summary>
    public RecallWeights Weights { get; init; } = RecallWeights.Default;

    /// <summary>How long it takes until a memory that was never recalled has half its strength. Each recall makes it longer by as much again. Default: 7 days.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan HalfLife
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromDays(7);

    /// <summary>How many memories a subject may have; of more, the weakest are forgotten. Default: 10,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Capacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 10_000;

    /// <summary>How weak a memory has to be for <see cref="LongTermMemory.PruneAsync"/> to forget it, 0 to 1. Default: 0.01.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double ForgetBelow
    {
        get;
        init => field = Share.Checked(value, nameof(value));
    } = 0.01;

    /// <summary>
    /// From which cosine on two facts are taken for one, 0 to 1, if their words agree as well (as
    /// <see cref="ChatClientExtensions.WithSimilarityCache"/> compares them): vectors of a fact and of its negation
    /// lie close. Default: none; facts are one if they have the same words, or the same topic.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? DuplicateSimilarity
    {
        get;
        init => field = value is { } similarity ? Share.Checked(similarity, nameof(value)) : null;
    }

    /// <summary>Of how many subjects the indexes are held in memory; of more, those that were not used for longest are built anew when they are needed. Default: 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int MaxIndexedSubjects
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1000;

    /// <summary>The clock. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
