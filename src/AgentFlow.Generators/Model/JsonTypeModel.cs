namespace AgentFlow.Generators.Model;

/// <summary>A type that an agent records, and how it is written as JSON.</summary>
internal sealed record JsonTypeModel
{
    /// <summary>The type as written in <c>typeof</c> and as a type argument.</summary>
    public required string Name { get; init; }

    public required JsonKind Kind { get; init; }

    /// <summary>For a value: the C# expression of its converter. For a collection: the method of <c>JsonMetadataServices</c> that describes it, with its type arguments.</summary>
    public string Expression { get; init; } = "";

    /// <summary>For a collection: the C# expression that makes an empty one, or null if System.Text.Json knows; for an immutable one what makes it of a sequence.</summary>
    public string? Creation { get; init; }

    /// <summary>
    /// For a collection that may have a comparer, or more of its own: the method of <c>RecordedCollections</c> that refuses it, with its type arguments; null
    /// otherwise.
    /// </summary>
    public string? Guard { get; init; }

    /// <summary>For an object: the C# expression that makes one of <c>values</c>; null if it has a constructor without parameters and nothing to initialise.</summary>
    public string? Construction { get; init; }

    public EquatableArray<JsonMemberModel> Members { get; init; }

    public EquatableArray<JsonParameterModel> Parameters { get; init; }

    /// <summary>The types that may stand in for it: name and the C# literal of the discriminator, null for none.</summary>
    public EquatableArray<JsonDerivedModel> Derived { get; init; }

    /// <summary>The name of the property that tells them apart.</summary>
    public string? Discriminator { get; init; }

    /// <summary>Whether elements or members may be no numbers, or infinite. What the options say counts for single values alone.</summary>
    public bool IsOfFloats { get; init; }

    public bool IsValueType { get; init; }
}

/// <summary>How a type is written.</summary>
internal enum JsonKind
{
    /// <summary>By one converter.</summary>
    Value,

    /// <summary>As an array.</summary>
    Collection,

    /// <summary>As an object with members known to the compiler.</summary>
    Object,
}

/// <summary>A member of an object.</summary>
/// <param name="Name">The C# name.</param>
/// <param name="JsonName">The name in JSON.</param>
/// <param name="Type">The type as a type argument.</param>
/// <param name="DeclaringType">The type that declares it.</param>
/// <param name="IsField">Whether it is a field.</param>
/// <param name="IsSettable">Whether it is set after construction.</param>
/// <param name="IsNullable">Whether it may be null.</param>
/// <param name="Converter">The C# expression of its own converter, or null.</param>
internal sealed record JsonMemberModel(string Name, string JsonName, string Type, string DeclaringType, bool IsField, bool IsSettable, bool IsNullable, string? Converter);

/// <summary>Something that construction needs.</summary>
/// <param name="Name">The name of the parameter or member.</param>
/// <param name="Type">The type as a type argument.</param>
/// <param name="IsNullable">Whether it may be null.</param>
/// <param name="IsMember">Whether it is a member set by an initializer.</param>
/// <param name="Default">The C# expression of its default, or null if it has none.</param>
internal sealed record JsonParameterModel(string Name, string Type, bool IsNullable, bool IsMember, string? Default);

/// <summary>A type that may stand in for another.</summary>
internal sealed record JsonDerivedModel(string Type, string? Discriminator);

/// <summary>What a durable agent records.</summary>
/// <param name="Types">Every type that occurs.</param>
/// <param name="Context">The user's <c>JsonSerializerContext</c> that knows the rest, or null.</param>
/// <param name="Inputs">What each input looks like as JSON.</param>
/// <param name="Upcasts">How what older sessions have recorded is read.</param>
/// <param name="Outputs">What each action's output looks like as JSON; empty for none.</param>
internal sealed record DurableModel(EquatableArray<JsonTypeModel> Types, string? Context, EquatableArray<string> Inputs, EquatableArray<string> Outputs, EquatableArray<UpcastModel> Upcasts);

/// <summary>A way from what was recorded of an action to what it makes today.</summary>
/// <param name="Action">The index of the action.</param>
/// <param name="Contract">What was recorded looks like.</param>
/// <param name="Expression">The C# expression that makes today's value of the JSON <c>value</c>.</param>
internal sealed record UpcastModel(int Action, string Contract, string Expression);
