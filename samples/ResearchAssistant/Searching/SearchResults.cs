namespace AgentFlow.Samples.Research.Searching;

/// <summary>What a search gave.</summary>
/// <param name="Hits">The best passages, best first.</param>
/// <param name="Searched">How many files or commits were read.</param>
/// <param name="TermWeights">What each term of the question is worth here: the rarer, the more.</param>
public abstract record SearchResults(IReadOnlyList<Hit> Hits, int Searched, IReadOnlyList<double> TermWeights)
{
    /// <summary>What the reader should know about the search, such as what could not be read.</summary>
    public string? Note { get; init; }
}

/// <summary>What the documents gave.</summary>
public sealed record DocumentHits(IReadOnlyList<Hit> Hits, int Searched, IReadOnlyList<double> TermWeights) : SearchResults(Hits, Searched, TermWeights);

/// <summary>What the code gave.</summary>
public sealed record CodeHits(IReadOnlyList<Hit> Hits, int Searched, IReadOnlyList<double> TermWeights) : SearchResults(Hits, Searched, TermWeights);

/// <summary>What the history gave.</summary>
public sealed record HistoryHits(IReadOnlyList<Hit> Hits, int Searched, IReadOnlyList<double> TermWeights) : SearchResults(Hits, Searched, TermWeights);
