namespace AgentFlow.AI;

/// <summary>What an operator, a task or a method is about: a variable and the type of objects that it stands for.</summary>
/// <param name="Name">The variable, with its question mark: <c>?truck</c>.</param>
/// <param name="Type">The type: <see cref="AnyType"/> is all objects'.</param>
public sealed record PlanningParameter(string Name, string Type)
{
    /// <summary>The type that every object has.</summary>
    public const string AnyType = "object";

    /// <summary>Reads parameters.</summary>
    internal static PlanningParameter[] Parse(string text, string owner)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        var parameters = text.Split(',').Select(part => One(part.Trim(), owner)).ToArray();
        return parameters.GroupBy(static p => p.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice
            ? throw new PlanningDefinitionException($"'{owner}' has two parameters '{twice.Key}'.")
            : parameters;
    }

    private static PlanningParameter One(string text, string owner)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || !PlanningText.IsVariable(parts[0]))
        {
            throw new PlanningDefinitionException($"'{text}' is no parameter of '{owner}'. Write ?name: type, or ?name.");
        }

        return new(PlanningText.Term(parts[0].Trim(), text), parts.Length == 1 ? AnyType : PlanningText.Name(parts[1].Trim(), "type"));
    }
}
