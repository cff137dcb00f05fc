namespace AgentFlow.CompilerServices;

/// <summary>Actions that may start, by rank. One thread's own.</summary>
internal interface IReadySet
{
    bool IsEmpty { get; }

    void Add(int rank);

    /// <summary>Takes the lowest rank of a set that is not empty: it starts first.</summary>
    int Take();
}
