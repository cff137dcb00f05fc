namespace AgentFlow.Generators.Model;

/// <summary>A method of the agent with its parameters bound: an action's body, a predicate, a fallback, a compensation.</summary>
internal sealed record MethodModel
{
    /// <summary>The name as declared, without <c>@</c>.</summary>
    public required string Name { get; init; }

    public required bool IsStatic { get; init; }

    /// <summary>Whether the agent has other methods of that name.</summary>
    public bool IsOverloaded { get; init; }

    public required ReturnKind Returns { get; init; }

    /// <summary>The type of the value, unwrapped from its task; the element's for <see cref="ReturnKind.AsyncEnumerable"/>; null if there is none.</summary>
    public required TypeRef? Value { get; init; }

    public required EquatableArray<ParameterModel> Parameters { get; init; }
}
