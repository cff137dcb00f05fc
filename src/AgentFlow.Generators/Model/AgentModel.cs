namespace AgentFlow.Generators.Model;

/// <summary>Everything that emission needs to know about one agent. Equal models make equal code.</summary>
internal sealed record AgentModel
{
    /// <summary>The namespace, or null for the global one.</summary>
    public required string? Namespace { get; init; }

    /// <summary>The types that enclose the agent, outermost first.</summary>
    public required EquatableArray<ContainingType> ContainingTypes { get; init; }

    /// <summary>The class name as declared, without <c>@</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The type parameters as declared, with brackets. That there are any is an error.</summary>
    public string TypeParameters { get; init; } = "";

    /// <summary><c>class</c> or <c>record</c>.</summary>
    public required string Keyword { get; init; }

    /// <summary>The <c>global::</c>-qualified name with the type parameters of its hosts.</summary>
    public required string QualifiedName { get; init; }

    /// <summary>The full metadata name with arity, <c>Namespace.Outer`1+Agent</c>: names the generated file.</summary>
    public required string MetadataName { get; init; }

    /// <summary>The stable id: <c>[Agent(Name)]</c> or the class name.</summary>
    public required string Id { get; init; }

    public required Visibility Visibility { get; init; }

    /// <summary>Whether a base class is an agent too, whose generated members this one's hide.</summary>
    public required bool HidesBaseAgent { get; init; }

    /// <summary>0: no bound.</summary>
    public required int MaxParallel { get; init; }

    /// <summary>0: none was given.</summary>
    public required int MaxIterations { get; init; }

    public required bool ReturnLastOnLimit { get; init; }

    public required bool ContinueOnFailure { get; init; }

    public required bool Waves { get; init; }

    /// <summary>The time-out of the whole run in ticks, or null.</summary>
    public required long? Timeout { get; init; }

    public required BudgetModel? Budget { get; init; }

    public required EquatableArray<InputModel> Inputs { get; init; }

    /// <summary>In the order of the source (base classes first).</summary>
    public required EquatableArray<ActionModel> Actions { get; init; }

    /// <summary>The index of the action whose value the run returns; -1 if the run returns nothing.</summary>
    public required int Result { get; init; }

    public required MethodModel? Until { get; init; }

    /// <summary>Whether sessions are to take the agent: <c>[Agent(Durable)]</c>.</summary>
    public required bool IsDurable { get; init; }

    /// <summary>Whether the agent, or a type around it, is obsolete: what mentions it from outside has to be as well, since obsolete may mean an error.</summary>
    public bool IsObsolete { get; init; }

    /// <summary>Whether using one of its methods is an error for everybody but what is obsolete itself.</summary>
    public bool UsesObsolete { get; init; }

    /// <summary>The names of generated members that the agent has a use of its own for, which is an error: no stub takes them.</summary>
    public EquatableArray<string> Taken { get; init; }

    /// <summary>What sessions of the agent record; null if no session takes it, or the agent has errors.</summary>
    public DurableModel? Durable { get; init; }

    /// <summary>
    /// Whether an error was found. Then only the inputs, the result and the signatures can be relied on, and stubs are emitted
    /// that compile, so that one mistake is one error.
    /// </summary>
    public required bool HasErrors { get; init; }
}

/// <summary>An argument of the run.</summary>
/// <param name="Name">Its name, without <c>@</c>.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">The C# expression of its default, if every parameter that takes it has the same one.</param>
/// <param name="IsSensitive">Whether it is, or may hold, what must not be seen.</param>
internal sealed record InputModel(string Name, TypeRef Type, string? Default, bool IsSensitive);

/// <summary>The agent's budget; 0: no bound.</summary>
internal sealed record BudgetModel(int Actions, long Tokens, double Cost);
