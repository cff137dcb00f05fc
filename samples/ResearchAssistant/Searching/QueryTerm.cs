namespace AgentFlow.Samples.Research.Searching;

/// <summary>One thing that a question asks about.</summary>
/// <param name="Word">The word as asked, in lower case.</param>
/// <param name="Stem">What its forms have in common.</param>
/// <param name="Weight">1, or less for a word that says little.</param>
public sealed record QueryTerm(string Word, string Stem, float Weight)
{
    /// <summary>Whether it is written as a name, with a capital or a digit: what does not mention it does not answer.</summary>
    public bool IsName { get; init; }

    /// <summary>Whether an answer may do without it.</summary>
    public bool IsWeak => Weight < 1;
}
