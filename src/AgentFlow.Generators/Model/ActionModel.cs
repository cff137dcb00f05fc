namespace AgentFlow.Generators.Model;

/// <summary>An action: its body, its policies and what it waits for.</summary>
internal sealed record ActionModel
{
    /// <summary>Its place among the actions of its agent, in the order of the source.</summary>
    public required int Index { get; init; }

    /// <summary>The stable id: <c>[Action(Name)]</c> or the method's name.</summary>
    public required string Id { get; init; }

    /// <summary>The title for people; null if it is the id.</summary>
    public string? Title { get; init; }

    public required MethodModel Method { get; init; }

    /// <summary>
    /// What consumers see: the method's value; an array of it for a for-each and for an <c>IAsyncEnumerable</c>; null if there is none.
    /// </summary>
    public required TypeRef? Output { get; init; }

    /// <summary>Whether nobody up the call chain may rely on the output: it is annotated as nullable.</summary>
    public bool IsOutputNullable => Output is { IsNullable: true };

    /// <summary>Whether its output is marked as sensitive as a whole.</summary>
    public bool IsMarked { get; init; }

    /// <summary>Whether its output is, or may hold, what must not be seen.</summary>
    public bool IsSensitive { get; init; }

    public required ActionMode Mode { get; init; }

    /// <summary>The signal that completes it, or null.</summary>
    public SignalModel? Signal { get; init; }

    public required int Priority { get; init; }

    public required bool Offload { get; init; }

    /// <summary>The name of the <c>AgentFlow.Effect</c> member.</summary>
    public required string Effect { get; init; }

    /// <summary>The name of the <c>AgentFlow.ActionType</c> member.</summary>
    public required string Type { get; init; }

    /// <summary>The estimate in ticks (100 ns), or null.</summary>
    public long? Estimate { get; init; }

    /// <summary>Every <c>[DependsOn]</c>.</summary>
    public EquatableArray<OrderModel> Order { get; init; }

    public MethodModel? When { get; init; }

    public EquatableArray<MethodModel> Requires { get; init; }

    public EquatableArray<MethodModel> Ensures { get; init; }

    public RetryModel? Retry { get; init; }

    /// <summary>The time-out of an attempt in ticks, or null.</summary>
    public long? Timeout { get; init; }

    /// <summary>The longest silence of an attempt in ticks, or null.</summary>
    public long? IdleTimeout { get; init; }

    public MethodModel? Fallback { get; init; }

    public MethodModel? Compensate { get; init; }

    public CacheModel? Cache { get; init; }

    /// <summary>The delay before the action in ticks, or null.</summary>
    public long? Delay { get; init; }

    /// <summary>The index of the action that ends the delay, or null.</summary>
    public int? DelayUnless { get; init; }

    public bool Optional { get; init; }

    public ForEachModel? ForEach { get; init; }
}

/// <summary>The values of <c>AgentFlow.ActionMode</c>, in its order.</summary>
internal enum ActionMode
{
    Async,
    Sync,
    FireAndForget,
}

/// <summary>One <c>[DependsOn]</c>.</summary>
/// <param name="Actions">The indexes of the actions waited for.</param>
/// <param name="Any">Whether the first that completes is enough.</param>
internal sealed record OrderModel(EquatableArray<int> Actions, bool Any);

/// <summary>One <c>[Retry]</c>; times in ticks.</summary>
/// <param name="Attempts">Attempts in all.</param>
/// <param name="Delay">Delay before the second attempt.</param>
/// <param name="Backoff">The name of the <c>AgentFlow.BackoffKind</c> member.</param>
/// <param name="MaxDelay">The longest delay.</param>
/// <param name="Jitter">Whether delays are spread.</param>
/// <param name="On">The qualified names of the exception types; empty: transient ones.</param>
internal sealed record RetryModel(int Attempts, long Delay, string Backoff, long MaxDelay, bool Jitter, EquatableArray<string> On);

/// <summary>One <c>[Cache]</c>.</summary>
/// <param name="Duration">How long an output is reused, in ticks.</param>
/// <param name="Capacity">How many outputs are kept.</param>
internal sealed record CacheModel(long Duration, int Capacity);

/// <summary>One <c>[ForEach]</c>.</summary>
/// <param name="Source">The index of the action that makes the sequence.</param>
/// <param name="Item">The type of its elements.</param>
/// <param name="MaxParallel">How many elements may be under way at once.</param>
/// <param name="Until">The predicate that ends it early; one parameter is <see cref="ParameterSource.Own"/>.</param>
/// <param name="AllowPartialFailure">Whether failed elements are left out.</param>
internal sealed record ForEachModel(int Source, TypeRef Item, int MaxParallel, MethodModel? Until, bool AllowPartialFailure);

/// <summary>One <c>[Signal]</c>.</summary>
/// <param name="Timeout">How long it is waited for, in ticks, or null.</param>
/// <param name="Declaration">The method's declaration, for its generated part; null if another agent's part has it.</param>
/// <param name="HasExtension">Whether an extension method of a session can mention all its types.</param>
internal sealed record SignalModel(long? Timeout, string? Declaration, bool HasExtension)
{
    /// <summary>
    /// The extern aliases that the declaration is written with. Types behind them are an error, of which the part that C# asks for makes no
    /// second one.
    /// </summary>
    public EquatableArray<string> Externs { get; init; } = [];
}
