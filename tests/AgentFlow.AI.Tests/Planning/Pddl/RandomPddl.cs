namespace AgentFlow.AI.Tests.Planning.Pddl;

/// <summary>
/// Small problems at random that use all of the language: types, facts that never change, negative preconditions, goals and conditions,
/// inequality, conditional and universal effects, steps that are
/// free, and costs by arguments, some of which are not given.
/// </summary>
internal sealed class RandomPddl(Random random)
{
    private const string Types = "(:types box ball - thing spot - object)";

    private static readonly (string Name, string[] Types)[] s_predicates =
    [
        ("done", []), ("light", []), ("at", ["thing", "spot"]), ("marked", ["thing"]), ("open", ["spot"]), ("way", ["spot", "spot"]), ("heavy", ["thing"]),
    ];

    private static readonly string[] s_types = ["thing", "spot", "box", "spot", "ball"];

    /// <summary>Those that actions change; <c>way</c> and <c>heavy</c> never do.</summary>
    private const int Changing = 5;

    public PddlTask Next()
    {
        string[] objects = random.Next(3) == 0 ? ["a - box", "b - ball", "s - spot"] : ["a - box", "b - ball", "s - spot", "t - spot"];
        var names = objects.Select(static text => (Name: text.Split(" - ")[0], Type: text.Split(" - ")[1])).ToList();
        var actions = Enumerable.Range(0, random.Next(3, 7)).Select(Action);
        var facts = s_predicates.SelectMany(predicate => Instances(predicate, names)).Where(_ => random.Next(5) < 2).ToList();
        var values = names.SelectMany(x => names.Select(y => (x, y))).Where(_ => random.Next(6) > 0).Select(pair => $"(= (effort {pair.x.Name} {pair.y.Name}) {random.Next(5) / 2.0:0.0})");
        var goals = s_predicates[..Changing].SelectMany(predicate => Instances(predicate, names)).OrderBy(_ => random.Next()).Take(random.Next(1, 4))
            .Select(fact => facts.Contains(fact) == (random.Next(4) == 0) ? fact : $"(not {fact})");
        return PddlTask.Parse(
            $"(define (domain random) {Types} {string.Join('\n', actions)})",
            $"(define (problem random-1) (:objects {string.Join(' ', objects)}) (:init {string.Join(' ', facts)} {string.Join(' ', values)}) (:goal (and {string.Join(' ', goals)})) (:metric minimize (total-cost)))");
    }

    private string Action(int number)
    {
        var parameters = Parameters("xyz", random.Next(0, 4));
        var conditions = Literals(s_predicates, parameters, random.Next(0, 3)).Concat(Different(parameters));
        var effects = Literals(s_predicates[..Changing], parameters, random.Next(1, 4)).Concat(Enumerable.Range(0, random.Next(0, 3)).Select(_ => Conditional(parameters)));
        var cost = parameters.Count > 0 && random.Next(3) == 0
            ? $"(effort ?{parameters[random.Next(parameters.Count)].Name} ?{parameters[random.Next(parameters.Count)].Name})"
            : $"{random.Next(0, 5)}";
        var increase = random.Next(5) == 0 ? "" : $"(increase (total-cost) {cost})";
        return $"(:action act{number} :parameters ({Text(parameters)}) :precondition (and {string.Join(' ', conditions)}) :effect (and {string.Join(' ', effects)} {increase}))";
    }

    private string Conditional(List<(string Name, string Type)> outer)
    {
        var own = Parameters("uv", random.Next(0, 3));
        List<(string Name, string Type)> all = [.. outer, .. own];
        var effect = $"(and {string.Join(' ', Literals(s_predicates[..Changing], all, random.Next(1, 3)))})";
        var conditions = Literals(s_predicates, all, random.Next(0, 3)).ToList();
        effect = conditions.Count > 0 ? $"(when (and {string.Join(' ', conditions)}) {effect})" : effect;
        return own.Count > 0 ? $"(forall ({Text(own)}) {effect})" : effect;
    }

    private List<(string Name, string Type)> Parameters(string names, int count) => [.. names.Take(count).Select(name => ($"{name}", s_types[random.Next(s_types.Length)]))];

    private IEnumerable<string> Different(List<(string Name, string Type)> parameters) =>
        parameters.Count > 1 && random.Next(2) == 0 ? [$"(not (= ?{parameters[0].Name} ?{parameters[1].Name}))"] : [];

    private IEnumerable<string> Literals((string Name, string[] Types)[] predicates, List<(string Name, string Type)> variables, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var predicate = predicates[random.Next(predicates.Length)];
            var terms = predicate.Types.Select(type => variables.Where(variable => Fits(variable.Type, type)).OrderBy(_ => random.Next()).Select(static variable => $" ?{variable.Name}").FirstOrDefault(Constant(type)));
            yield return Maybe($"({predicate.Name}{string.Concat(terms)})");
        }
    }

    private string Maybe(string literal) => random.Next(5) < 2 ? $"(not {literal})" : literal;

    private static bool Fits(string type, string wanted) => type == wanted || (wanted == "thing" && type is "box" or "ball");

    private static string Constant(string type) => type == "spot" ? " s" : " a";

    private static string Text(IEnumerable<(string Name, string Type)> parameters) => string.Join(' ', parameters.Select(static parameter => $"?{parameter.Name} - {parameter.Type}"));

    private static IEnumerable<string> Instances((string Name, string[] Types) predicate, List<(string Name, string Type)> objects) => predicate.Types
        .Aggregate(new List<string> { "" }, (texts, type) => [.. texts.SelectMany(text => objects.Where(known => Fits(known.Type, type)).Select(known => $"{text} {known.Name}"))])
        .Select(terms => $"({predicate.Name}{terms})");
}
