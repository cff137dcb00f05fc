namespace AgentFlow;

/// <summary>One call by which an action runs a child.</summary>
/// <param name="Action">The action.</param>
/// <param name="Item">The element, or -1.</param>
/// <param name="Id">The child's id.</param>
/// <param name="LegacyId">The id that an earlier version has given it, or null.</param>
/// <param name="HasKey">Whether the call has a key, and not its place among the calls.</param>
/// <param name="Redrives">Whether a child that has failed is run again: the action is another attempt.</param>
/// <param name="WaitsForSettlement">Whether the call waits for an uncertain child.</param>
internal readonly record struct ChildCall(int Action, int Item, string Id, string? LegacyId, bool HasKey, bool Redrives, bool WaitsForSettlement);
