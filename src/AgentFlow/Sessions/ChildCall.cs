namespace AgentFlow;

/// <summary>One call by which an action runs a child.</summary>
/// <param name="Action">The action.</param>
/// <param name="Item">The element, or -1.</param>
/// <param name="Name">What its children are called.</param>
/// <param name="LegacyId">The id that an earlier version has given it, or null.</param>
/// <param name="Redrives">Whether a child that has failed is run again: the action is another attempt.</param>
/// <param name="Restarts">How often the session was set going again: what the action is made of may have been made anew each time.</param>
/// <param name="WaitsForSettlement">Whether the call waits for an uncertain child.</param>
internal readonly record struct ChildCall(int Action, int Item, ChildId Name, string? LegacyId, bool Redrives, int Restarts, bool WaitsForSettlement)
{
    /// <summary>Whether the call has a key, and not its place among the calls.</summary>
    public bool HasKey => Name.Key is not null;
}
