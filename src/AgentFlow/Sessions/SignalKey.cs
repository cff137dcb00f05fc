using System.Text.Json.Serialization.Metadata;

namespace AgentFlow;

/// <summary>A signal of an agent and how its answer is written. The generator declares one for each <c>[Signal]</c>.</summary>
/// <typeparam name="T">The answer's type, or <see cref="Unit"/>.</typeparam>
public sealed class SignalKey<T>
{
    /// <summary>Creates a key.</summary>
    /// <param name="name">The id of the action that the signal completes.</param>
    /// <param name="contract">How the answer is written as JSON; null if there is none.</param>
    public SignalKey(string name, JsonTypeInfo<T>? contract)
    {
        Name = name;
        Contract = contract;
    }

    /// <summary>The id of the action that the signal completes.</summary>
    public string Name { get; }

    internal JsonTypeInfo<T>? Contract { get; }
}
