namespace AgentFlow.Generators.Model;

/// <summary>What a method gives back.</summary>
internal enum ReturnKind
{
    /// <summary><c>void</c></summary>
    Void,

    /// <summary><c>T</c></summary>
    Value,

    /// <summary><c>Task</c></summary>
    Task,

    /// <summary><c>ValueTask</c></summary>
    ValueTask,

    /// <summary><c>Task&lt;T&gt;</c></summary>
    TaskOfValue,

    /// <summary><c>ValueTask&lt;T&gt;</c></summary>
    ValueTaskOfValue,

    /// <summary><c>IAsyncEnumerable&lt;T&gt;</c>, collected into an array for its consumers.</summary>
    AsyncEnumerable,
}
