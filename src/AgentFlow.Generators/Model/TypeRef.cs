namespace AgentFlow.Generators.Model;

/// <summary>A type, reduced once to what emission needs.</summary>
/// <param name="Name">The <c>global::</c>-qualified name with nullable annotations, as written into generated code.</param>
/// <param name="IsValueType">Whether it is a value type, <see cref="System.Nullable{T}"/> included.</param>
/// <param name="IsNullable">Whether it says that it may be null: an annotated reference type or <see cref="System.Nullable{T}"/>.</param>
/// <param name="Visibility">How far the type itself can be seen, with all that encloses it and all its type arguments.</param>
internal sealed record TypeRef(string Name, bool IsValueType, bool IsNullable, Visibility Visibility)
{
    /// <summary>The same type, able to hold nothing.</summary>
    public string NullableName => IsNullable ? Name : Name + "?";
}
