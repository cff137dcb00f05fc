namespace AgentFlow.AI;

/// <summary>
/// An operator, or one of its conditional effects, as a rule over relations: from facts that match its atoms follow facts. Terms are
/// numbers: of a variable, or the complement of an object's.
/// </summary>
internal sealed class Rule
{
    private Rule(int @operator, int effect, bool[][] domains, Atom[] needs, Atom[] absent, Atom[] adds, (int Left, int Right)[] different)
    {
        Operator = @operator;
        Effect = effect;
        Domains = domains;
        Needs = needs;
        StaticAbsent = absent;
        Adds = adds;
        Different = different;
        Sizes = [.. domains.Select(static domain => domain.Count(static isOf => isOf))];
    }

    /// <summary>The number of the operator.</summary>
    public int Operator { get; }

    /// <summary>The number of the conditional effect; -1: the operator itself.</summary>
    public int Effect { get; }

    /// <summary>For each variable, which objects are of its type.</summary>
    public bool[][] Domains { get; }

    /// <summary>For each variable, how many objects are of its type.</summary>
    public int[] Sizes { get; }

    public Atom[] Needs { get; }

    /// <summary>What must not be so, of what never changes. What changes may be gone at some time.</summary>
    public Atom[] StaticAbsent { get; }

    public Atom[] Adds { get; }

    public (int Left, int Right)[] Different { get; }

    /// <summary>The rule of an operator, with an effect of it or without.</summary>
    public static Rule Of(PlanningProblem problem, int number, int effectNumber, Func<string, Relation> relationOf, Dictionary<string, int> objects)
    {
        var @operator = problem.Domain.Operators[number];
        var effect = effectNumber < 0 ? null : @operator.ConditionalEffects[effectNumber];
        PlanningParameter[] parameters = [.. @operator.Parameters, .. effect?.Parameters ?? []];
        var variables = parameters.Select(static (parameter, i) => (parameter.Name, i)).ToDictionary(static pair => pair.Name, static pair => pair.i, StringComparer.Ordinal);
        Condition[] conditions = effect is null ? [@operator.Condition] : [@operator.Condition, effect.Condition];
        return new(
            number,
            effectNumber,
            [.. parameters.Select(parameter => problem.Objects.Values.Select(type => problem.Domain.IsA(type, parameter.Type)).ToArray())],
            [.. conditions.SelectMany(static condition => condition.Holds).Select(AtomOf)],
            [.. conditions.SelectMany(static condition => condition.Absent).Where(atom => problem.Domain.IsStatic(atom.Predicate)).Select(AtomOf)],
            [.. (effect?.AddPatterns ?? @operator.AddPatterns).Select(AtomOf)],

            // From what is not there everything differs.
            [.. conditions.SelectMany(static condition => condition.Different).Where(pair => IsThere(pair.Left) && IsThere(pair.Right)).Select(pair => (NumberOf(pair.Left), NumberOf(pair.Right)))]);

        Atom AtomOf(AtomPattern atom) => new(relationOf(atom.Predicate), !problem.Domain.IsStatic(atom.Predicate), [.. atom.Terms.Select(NumberOf)]);

        bool IsThere(string term) => PlanningText.IsVariable(term) || objects.ContainsKey(term);

        int NumberOf(string term) => PlanningText.IsVariable(term) ? variables[term] : ~objects[term];
    }

    /// <summary>What a term stands for; -1 if it is a variable that is not bound.</summary>
    public static int ValueOf(int term, int[] bindings) => term < 0 ? ~term : bindings[term];

    /// <summary>Facts of a relation, with terms for its objects.</summary>
    internal sealed record Atom(Relation Relation, bool IsChanging, int[] Terms)
    {
        /// <summary>The fact, if all is bound; otherwise null.</summary>
        public int[]? Ground(int[] bindings)
        {
            foreach (var term in Terms)
            {
                if (ValueOf(term, bindings) < 0)
                {
                    return null;
                }
            }

            return Array.ConvertAll(Terms, term => ValueOf(term, bindings));
        }
    }
}
