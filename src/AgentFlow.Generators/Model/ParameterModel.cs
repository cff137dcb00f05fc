namespace AgentFlow.Generators.Model;

/// <summary>A parameter of an action, or of a method that an action names, and what it is bound to.</summary>
internal sealed record ParameterModel
{
    /// <summary>The name as declared, without <c>@</c>.</summary>
    public required string Name { get; init; }

    public required TypeRef Type { get; init; }

    public required ParameterSource Source { get; init; }

    /// <summary>The index into <see cref="AgentModel.Inputs"/>, for <see cref="ParameterSource.Input"/>; else -1.</summary>
    public int Input { get; init; } = -1;

    /// <summary>The indexes of the supplying actions, for Output, Merge, Race and Previous.</summary>
    public EquatableArray<int> Actions { get; init; }

    /// <summary>In a race: whether the losers are cancelled.</summary>
    public bool CancelOthers { get; init; }

    /// <summary>Whether the parameter must have a value: not nullable and without a default.</summary>
    public bool Required { get; init; }

    /// <summary>The C# expression of the parameter's default value, if it has one.</summary>
    public string? Default { get; init; }

    /// <summary>The key of a keyed service.</summary>
    public string? ServiceKey { get; init; }
}
