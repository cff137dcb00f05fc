namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>What a name can be looked up by.</summary>
/// <param name="Space">The full name of a namespace; empty for the global one.</param>
/// <param name="Name">A simple name, without arity.</param>
internal readonly record struct NameKey(string Space, string Name)
{
    /// <summary>Under this everything is filed that has a say without being named. C# has no empty name, so nothing else is.</summary>
    public static NameKey Unnamed { get; } = new("", "");
}
