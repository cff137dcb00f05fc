namespace AgentFlow.AI;

/// <summary>A model has refused to answer, and was not asked again: it would refuse again. <see cref="Refusal"/> quotes it.</summary>
public sealed class ModelRefusalException : Exception
{
    private const int MaxLength = 4000;

    /// <summary>Creates the exception.</summary>
    /// <param name="refusal">The model's words; cut at 4,000 characters.</param>
    public ModelRefusalException(string refusal)
        : base($"The model refused to answer: {Shorten(refusal)}") => Refusal = Shorten(refusal);

    /// <summary>The model's words.</summary>
    public string Refusal { get; }

    private static string Shorten(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return WholeText.Shorten(text, MaxLength);
    }
}
