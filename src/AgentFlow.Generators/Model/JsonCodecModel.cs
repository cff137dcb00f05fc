namespace AgentFlow.Generators.Model;

/// <summary>An object, tuple or enum that generated code reads and writes itself, without a contract.</summary>
internal sealed record JsonCodecModel
{
    /// <summary>The type as a type argument.</summary>
    public required string Type { get; init; }

    /// <summary>What its methods are called, after <c>Read</c> and <c>Write</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether an argument consists of it.</summary>
    public bool IsRead { get; init; }

    /// <summary>Whether a result consists of it.</summary>
    public bool IsWritten { get; init; }

    public required bool IsEnum { get; init; }

    public required bool IsValueType { get; init; }

    /// <summary>Whether a value may be of a class that derives from it.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>In the order in which they mostly come.</summary>
    public required EquatableArray<JsonCodecMember> Members { get; init; }

    /// <summary>The C# expression that makes one of the members' locals; empty for an enum.</summary>
    public required string Construction { get; init; }
}

/// <summary>A member of an object, or a value of an enum.</summary>
/// <param name="Name">The C# name.</param>
/// <param name="JsonName">The name in JSON.</param>
internal sealed record JsonCodecMember(string Name, string JsonName)
{
    /// <summary>The type, as declared.</summary>
    public string Type { get; init; } = "";

    /// <summary>The local that it is read into.</summary>
    public string Local { get; init; } = "";

    /// <summary>The C# expression that reads it of <c>members.Value</c>.</summary>
    public string Reading { get; init; } = "";

    /// <summary>The C# statement that writes it, without its semicolon.</summary>
    public string Writing { get; init; } = "";

    /// <summary>What counts if it is not there.</summary>
    public string Default { get; init; } = "default!";

    /// <summary>Whether it has to be there.</summary>
    public bool IsRequired { get; init; }

    /// <summary>How it is set after construction, if it is there; null if construction takes it.</summary>
    public string? Assignment { get; init; }
}
