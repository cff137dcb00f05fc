namespace AgentFlow.Generators.Model;

/// <summary>A class with tools.</summary>
internal sealed record ToolClassModel
{
    public required string? Namespace { get; init; }

    public required EquatableArray<ContainingType> ContainingTypes { get; init; }

    public required string Name { get; init; }

    public required string Keyword { get; init; }

    public required string QualifiedName { get; init; }

    public required string MetadataName { get; init; }

    /// <summary>The methods.</summary>
    public required EquatableArray<ToolModel> Tools { get; init; }

    /// <summary>The agent as a whole, if it is a tool.</summary>
    public required ToolModel? Agent { get; init; }

    /// <summary>Every type that arguments and results consist of.</summary>
    public required EquatableArray<JsonTypeModel> Types { get; init; }

    /// <summary>Those of them that generated code reads and writes itself.</summary>
    public required EquatableArray<JsonCodecModel> Codecs { get; init; }

    /// <summary>The expression of the tools of the base class, if it has any.</summary>
    public required string? Inherited { get; init; }

    /// <summary>Whether a tool is obsolete, and calling it an error but for code that is obsolete itself.</summary>
    public bool UsesObsolete { get; init; }

    /// <summary>Whether a tool, or one of the base class, needs an instance.</summary>
    public required bool NeedsInstance { get; init; }

    /// <summary>The names that the class itself takes up, so that no stub may.</summary>
    public required EquatableArray<string> Taken { get; init; }

    /// <summary>Whether the class does not compile, so that stubs stand in for its tools.</summary>
    public required bool HasErrors { get; init; }
}

/// <summary>A tool.</summary>
internal sealed record ToolModel
{
    /// <summary>What models call it.</summary>
    public required string Name { get; init; }

    /// <summary>What the tool of a base class is called that it overrides, or null.</summary>
    public string? Replaces { get; init; }

    /// <summary>The name that its members are made of: unique in the class.</summary>
    public required string Member { get; init; }

    /// <summary>The method that is called, <c>RunAsync</c> for an agent.</summary>
    public required string Method { get; init; }

    public required string Description { get; init; }

    /// <summary>The JSON schema of the arguments.</summary>
    public required string Schema { get; init; }

    /// <summary>The JSON schema of the result, or null.</summary>
    public required string? ResultSchema { get; init; }

    public required ReturnKind ReturnKind { get; init; }

    /// <summary>The result as a type argument, or null.</summary>
    public required string? Result { get; init; }

    /// <summary>The delegate that writes the result without a contract, or null.</summary>
    public required string? Writer { get; init; }

    /// <summary>Whether the result is <c>AIContent</c>, such as an image: it is given as it is, and has no schema.</summary>
    public bool IsMedia { get; init; }

    public required EquatableArray<ToolParameterModel> Parameters { get; init; }

    public required bool IsStatic { get; init; }

    public required bool NeedsApproval { get; init; }

    /// <summary>Whether it is an agent that may run in a session.</summary>
    public bool IsDurable { get; init; }

    /// <summary>The type arguments of a run, where none can be inferred: an agent that derives from another implements the interface twice.</summary>
    public string RunArguments { get; init; } = "";

    /// <summary>The member of <c>Effect</c>.</summary>
    public required string Effect { get; init; }
}

/// <summary>A parameter of a tool's method.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as a type argument.</param>
/// <param name="Kind">Where its value comes from.</param>
/// <param name="IsRequired">Whether it has to be passed.</param>
/// <param name="Default">The C# expression of its default, or null.</param>
/// <param name="ServiceKey">The key of a keyed service, or null.</param>
internal sealed record ToolParameterModel(string Name, string Type, ToolParameterKind Kind, bool IsRequired, string? Default, string? ServiceKey)
{
    /// <summary>The delegate that reads it without a contract, or null.</summary>
    public string? Reader { get; init; }

    /// <summary>Whether its schema asks for more than its type does.</summary>
    public bool IsConstrained { get; init; }
}

/// <summary>Where the value of a tool's parameter comes from.</summary>
internal enum ToolParameterKind
{
    /// <summary>The model passes it.</summary>
    Argument,

    /// <summary>The token of the call.</summary>
    CancellationToken,

    /// <summary>The context of the action that makes the call.</summary>
    ActionContext,

    /// <summary>All services of the call.</summary>
    Services,

    /// <summary>One service of the call.</summary>
    Service,

    /// <summary>The call as it came.</summary>
    Arguments,

    /// <summary>The options of an agent's run.</summary>
    RunOptions,
}
