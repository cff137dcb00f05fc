namespace AgentFlow.CompilerServices;

/// <summary>The elements that a for-each is at work on.</summary>
internal interface IElements
{
    /// <summary>The values of the elements that have completed, in the order of the sequence.</summary>
    Array Completed { get; }
}
