namespace AgentFlow.AI;

/// <summary>Something that is so in a state of the world: <c>on(a, b)</c>. Facts are equal if their texts are; what is not among a state's facts is not so.</summary>
public sealed class Fact : IEquatable<Fact>
{
    private readonly string _text;
    private readonly string[] _arguments;

    internal Fact(string predicate, string[] arguments)
    {
        Predicate = predicate;
        _arguments = arguments;
        _text = PlanningText.Call(predicate, arguments);
    }

    /// <summary>What is said.</summary>
    public string Predicate { get; }

    /// <summary>The objects it is said of.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>States a fact.</summary>
    /// <param name="predicate">What is said: letters, digits, <c>_</c> and <c>-</c>, as are the objects.</param>
    /// <param name="arguments">The objects it is said of.</param>
    /// <returns>The fact.</returns>
    /// <exception cref="PlanningDefinitionException">A name is not made of these.</exception>
    public static Fact Of(string predicate, params ReadOnlySpan<string> arguments) =>
        new(PlanningText.Name(predicate, "predicate"), PlanningText.Names(arguments, $"argument of '{predicate}'"));

    /// <summary>Reads a fact.</summary>
    /// <param name="text">Such as <c>on(a, b)</c>, or <c>raining</c>.</param>
    /// <returns>The fact.</returns>
    /// <exception cref="PlanningDefinitionException">It is none, or has a variable.</exception>
    public static Fact Parse(string text)
    {
        var pattern = AtomPattern.Parse(text);
        return pattern.Variables.FirstOrDefault() is { } variable
            ? throw new PlanningDefinitionException($"'{text}' is no fact: '{variable}' is a variable. Name an object.")
            : new Fact(pattern.Predicate, [.. pattern.Terms]);
    }

    /// <summary>Reads facts.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The facts, each once.</returns>
    /// <exception cref="PlanningDefinitionException">One is no fact.</exception>
    public static IReadOnlySet<Fact> ParseAll(params IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return texts.Select(Parse).ToHashSet();
    }

    /// <inheritdoc />
    public bool Equals(Fact? other) => other is not null && _text == other._text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Fact);

    /// <inheritdoc />
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The fact as <see cref="Parse"/> reads it.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => _text;
}
