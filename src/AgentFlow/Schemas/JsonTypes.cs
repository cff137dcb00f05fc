namespace AgentFlow.Schemas;

/// <summary>The values of the keyword <c>type</c>.</summary>
[Flags]
internal enum JsonTypes
{
    /// <summary>Any value at all.</summary>
    Any = 0,

    /// <summary><c>null</c></summary>
    Null = 1,

    /// <summary><c>boolean</c></summary>
    Boolean = 2,

    /// <summary><c>integer</c></summary>
    Integer = 4,

    /// <summary><c>number</c></summary>
    Number = 8,

    /// <summary><c>string</c></summary>
    String = 16,

    /// <summary><c>array</c></summary>
    Array = 32,

    /// <summary><c>object</c></summary>
    Object = 64,
}
