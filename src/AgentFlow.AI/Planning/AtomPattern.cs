namespace AgentFlow.AI;

/// <summary>Facts to look for or to make: a predicate, and terms that are objects or variables.</summary>
internal sealed class AtomPattern
{
    private AtomPattern(string predicate, string[] terms)
    {
        Predicate = predicate;
        Terms = terms;
    }

    public string Predicate { get; }

    public string[] Terms { get; }

    public IEnumerable<string> Variables => Terms.Where(PlanningText.IsVariable);

    public static AtomPattern Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return new(PlanningText.Name(text.Trim(), "predicate"), []);
        }

        if (!text.EndsWith(')'))
        {
            throw new PlanningDefinitionException($"'{text}' has no closing parenthesis. Write predicate(term, term).");
        }

        var inner = text[(open + 1)..^1];
        return new(
            PlanningText.Name(text[..open].Trim(), "predicate"),
            string.IsNullOrWhiteSpace(inner) ? [] : [.. inner.Split(',').Select(term => PlanningText.Term(term.Trim(), text))]);
    }

    /// <summary>The fact, all variables bound.</summary>
    public Fact Ground(IReadOnlyDictionary<string, string> bindings) => new(Predicate, TermsIn(bindings));

    /// <summary>The facts, each once, all variables bound.</summary>
    public static Fact[] GroundAll(IEnumerable<AtomPattern> atoms, IReadOnlyDictionary<string, string> bindings) => [.. atoms.Select(atom => atom.Ground(bindings)).Distinct()];

    /// <summary>The terms; variables that are not bound stay.</summary>
    public string[] TermsIn(IReadOnlyDictionary<string, string> bindings) => [.. Terms.Select(term => bindings.GetValueOrDefault(term, term))];

    public override string ToString() => PlanningText.Call(Predicate, Terms);
}
