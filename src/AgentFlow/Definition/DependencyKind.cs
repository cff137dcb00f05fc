namespace AgentFlow;

/// <summary>What an edge of an <see cref="AgentGraph"/> carries.</summary>
public enum DependencyKind
{
    /// <summary>A value that the consumer needs: it is skipped when the value does not exist.</summary>
    Value,

    /// <summary>A value that the consumer can do without.</summary>
    OptionalValue,

    /// <summary>Order without data.</summary>
    Order,

    /// <summary>One of several sources, the first in order that was not skipped.</summary>
    Merge,

    /// <summary>One of several sources, the first to complete.</summary>
    Race,

    /// <summary>Order after the first of several to complete.</summary>
    Any,

    /// <summary>The value of the previous iteration. The only edge that may run backwards; it orders nothing.</summary>
    Previous,
}
