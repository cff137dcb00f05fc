namespace AgentFlow.Generators.Emission;

/// <summary>
/// The names that generation adds beyond those of its contract. C# reserves identifiers with two underscores for implementations, so that none of these
/// takes a name over that user code means something else by; whoever writes one nevertheless gets AF0218.
/// </summary>
internal static class ReservedNames
{
    /// <summary>How all of them begin.</summary>
    public const string Prefix = "__AgentFlow";

    /// <summary>The class in an agent, not public, that holds its state and its run.</summary>
    public const string Agent = Prefix;

    /// <summary>The class in an agent that has a property for each signal.</summary>
    public const string SignalKeys = Prefix + "Signals";

    /// <summary>The private class in a class with tools that holds their functions.</summary>
    public const string Tools = Prefix + "Tools";

    /// <summary>The type parameter of a generic method in generated code: a host of the agent may have one of any usual name.</summary>
    public const string TypeParameter = "__T";

    /// <summary>Whether a type in generated code has that name. Within it, no type parameter of a host may.</summary>
    public static bool IsOfType(string name) =>
        name is "State" or "InputValues" or "OutputValues" or "StatusValues" or "Run" or "JsonContracts" or "JsonCodecs"
        || name.StartsWith("__", System.StringComparison.Ordinal)
        || name.StartsWith("Call_", System.StringComparison.Ordinal)
        || name.EndsWith("Function", System.StringComparison.Ordinal);

    /// <summary>The class in the namespace that holds the methods to answer an agent's signals with. Two hosts with agents of one name keep their own.</summary>
    public static string Signals(Model.AgentModel agent) =>
        $"{Prefix}_{agent.Name}Signals{(agent.ContainingTypes.IsEmpty ? "" : "_" + HintName.Hash(agent.MetadataName))}";
}
