namespace AgentFlow.Schemas;

/// <summary>How the keywords of a schema are understood.</summary>
public enum SchemaReading
{
    /// <summary>As JSON Schema has them.</summary>
    Standard,

    /// <summary>
    /// As .NET's types have them, for schemas that are written from those: the formats of strings are checked, and patterns are .NET's.
    /// </summary>
    DotNet,
}
