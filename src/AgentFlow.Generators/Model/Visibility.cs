namespace AgentFlow.Generators.Model;

/// <summary>How far a type can be seen, from narrow to wide.</summary>
internal enum Visibility
{
    /// <summary>Inside its containing type only (also protected and private protected).</summary>
    Private,

    /// <summary>Inside its assembly (also protected internal).</summary>
    Internal,

    /// <summary>Everywhere.</summary>
    Public,
}
