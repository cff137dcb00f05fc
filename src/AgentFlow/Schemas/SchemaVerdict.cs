namespace AgentFlow.Schemas;

/// <summary>The answer of a <see cref="JsonSchema"/> to a value. In order: the verdict of several conditions together is the least of theirs.</summary>
public enum SchemaVerdict
{
    /// <summary>The value breaks the schema.</summary>
    DoesNotFit = -1,

    /// <summary>The schema uses something that is not supported, or checking the value takes more than its budget of steps or stack allows.</summary>
    CannotBeChecked = 0,

    /// <summary>The value fits the schema.</summary>
    Fits = 1,
}
