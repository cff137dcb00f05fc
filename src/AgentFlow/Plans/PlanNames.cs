namespace AgentFlow;

/// <summary>The names that plans have for what the language has as enums.</summary>
internal static class PlanNames
{
    public static string ToWireName(this ActionType type) => type switch
    {
        ActionType.Agent => "agent",
        ActionType.Llm => "llm",
        ActionType.Relic => "relic",
        ActionType.Workflow => "workflow",
        _ => "tool",
    };

    public static readonly (string Name, ActionType Value)[] Types =
        [("tool", ActionType.Tool), ("agent", ActionType.Agent), ("llm", ActionType.Llm), ("relic", ActionType.Relic), ("workflow", ActionType.Workflow)];

    public static readonly (string Name, ActionMode Value)[] Modes =
        [("async", ActionMode.Async), ("sync", ActionMode.Sync), ("fire_and_forget", ActionMode.FireAndForget)];

    public static readonly (string Name, BackoffKind Value)[] Backoffs =
        [("constant", BackoffKind.Constant), ("linear", BackoffKind.Linear), ("exponential", BackoffKind.Exponential)];

    /// <summary>Whether a text can name an action, an input or an output: what idempotency keys, session ids and references can hold.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
