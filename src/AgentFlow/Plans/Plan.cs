using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentFlow.Schemas;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// A graph that is known only at run time: data, written by a person or a model, checked as strictly as a compiled agent, and run by the same scheduler with the same
/// policies, events and sessions. <see cref="PlanAgent"/> runs it.
/// </summary>
/// <example>
/// <code>
/// var plan = Plan.Parse("""
///     { "name": "report", "inputs": ["topic"], "actions": [
///         { "name": "search", "parameters": { "query": "$topic" }, "output_key": "hits", "retry": 3, "timeout": 30 },
///         { "name": "summarize", "type": "llm", "parameters": { "text": "$hits" }, "condition": "length($hits) > 0" } ] }
///     """, catalog);
/// </code>
/// </example>
public sealed class Plan
{
    internal Plan(string name, JsonElement json, IReadOnlyList<string> inputs, JsonElement inputSchema, IReadOnlyList<PlanAction> actions, AgentGraph graph, RunPlan run, PlanLimits limits)
    {
        Name = name;
        Json = json;
        Inputs = inputs;
        InputSchema = inputSchema;
        InputCheck = JsonSchema.Parse(inputSchema);
        Actions = actions;
        Graph = graph;
        Run = run;
        Limits = limits;
        Shape = new AgentShape(
            graph.Name,
            [.. inputs.Select(static input => new ShapeMember(input, "any?"))],
            [.. graph.Actions.Select(static action => new ShapeMember(action.Name, action.Output is null ? "" : "any?"))]);
    }

    /// <summary>The plan's name.</summary>
    public string Name { get; }

    /// <summary>The plan as it was read.</summary>
    public JsonElement Json { get; }

    /// <summary>The names of the inputs, in the order of the plan.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The JSON schema of the object that holds the inputs.</summary>
    public JsonElement InputSchema { get; }

    /// <summary>
    /// The actions and the edges between them, as a compiled agent has them: waves, critical path, estimates, pictures. Its name is the plan's and 16 hexadecimal digits of the
    /// plan's hash, so that a session is never resumed by another plan of the same name.
    /// </summary>
    public AgentGraph Graph { get; }

    internal JsonSchema InputCheck { get; }

    internal IReadOnlyList<PlanAction> Actions { get; }

    internal RunPlan Run { get; }

    internal PlanLimits Limits { get; }

    internal AgentShape Shape { get; }

    /// <summary>Reads a plan and checks it.</summary>
    /// <param name="json">The plan.</param>
    /// <param name="catalog">What it can call.</param>
    /// <param name="limits">How large it may be. Default: <see cref="PlanLimits.Default"/>.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="InvalidPlanException">It cannot be run; the exception has everything that is wrong.</exception>
    public static Plan Parse([StringSyntax(StringSyntaxAttribute.Json)] string json, PlanCatalog catalog, PlanLimits? limits = null) =>
        TryParse(json, catalog, out var plan, out var errors, limits) ? plan : throw new InvalidPlanException(errors);

    /// <summary>Reads a plan and checks it.</summary>
    /// <param name="json">The plan.</param>
    /// <param name="catalog">What it can call.</param>
    /// <param name="plan">The plan, if nothing is wrong with it.</param>
    /// <param name="errors">Everything that is wrong with it.</param>
    /// <param name="limits">How large it may be. Default: <see cref="PlanLimits.Default"/>.</param>
    /// <returns>Whether nothing is.</returns>
    public static bool TryParse(
        [StringSyntax(StringSyntaxAttribute.Json)] string json,
        PlanCatalog catalog,
        [NotNullWhen(true)] out Plan? plan,
        out IReadOnlyList<PlanError> errors,
        PlanLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(catalog);
        var reader = new PlanReader(catalog, limits ?? PlanLimits.Default);
        plan = reader.Read(json);
        errors = reader.Errors;
        return plan is not null;
    }

    internal static string IdOf(string name, JsonElement json) =>
        $"{name}@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PlanJson.Canonical(json))).AsSpan(0, 8))}";
}
