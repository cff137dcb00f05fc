namespace AgentFlow;

/// <summary>What an action does to the world outside its run.</summary>
public enum Effect
{
    /// <summary>Something that may be repeated, told apart by <see cref="ActionContext.IdempotencyKey"/>.</summary>
    AtLeastOnce,

    /// <summary>Nothing: the action is pure.</summary>
    None,

    /// <summary>Something that must not be repeated; it is never retried.</summary>
    AtMostOnce,

    /// <summary>Writes to the session store's own database, in the transaction that records the outcome: it happens exactly once.</summary>
    Transactional,
}
