namespace AgentFlow;

/// <summary>Names a precondition: a method that returns <see cref="bool"/>, or a <see cref="string"/> that is <see langword="null"/> or the reason why not.</summary>
/// <param name="predicate">The name of the method.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class RequiresAttribute(string predicate) : Attribute
{
    /// <summary>The name of the method.</summary>
    public string Predicate { get; } = predicate;
}
