using System.ComponentModel;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.CompilerServices;

/// <summary>How an argument is read. For generated code.</summary>
/// <typeparam name="T">Its type.</typeparam>
/// <param name="contract">Reads whatever the schema takes.</param>
/// <param name="reader">Reads what needs no contract, and takes nothing that the schema refuses but for its constraints; <see langword="null"/> if the type needs the contract.</param>
/// <param name="isConstrained">Whether the schema asks for more than the type does, so that it has to be asked before the reader.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ToolArgument<T>(JsonTypeInfo<T> contract, ToolValueReader<T>? reader = null, bool isConstrained = false)
{
    internal JsonTypeInfo<T> Contract { get; } = contract;

    internal ToolValueReader<T>? Reader { get; } = reader;

    internal bool IsConstrained { get; } = isConstrained;
}
