using System.Text.Json;
using AgentFlow.Schemas;

namespace AgentFlow;

/// <summary>Does what an action of a plan asks for.</summary>
/// <param name="arguments">The parameters, references replaced by their values: an object that fits <see cref="PlanTarget.Parameters"/>.</param>
/// <param name="context">What surrounds the attempt: idempotency key, events, budget, services, child sessions.</param>
/// <param name="cancellationToken">Cancelled with the run, and when the attempt's time is up.</param>
/// <returns>The output; JSON's null if there is none.</returns>
public delegate ValueTask<JsonElement> PlanHandler(JsonElement arguments, ActionContext context, CancellationToken cancellationToken);

/// <summary>Something that the actions of a plan can call: a tool, an agent, a model, a stored artefact, another workflow.</summary>
/// <param name="type">What it is; with <paramref name="name"/> what an action names it by.</param>
/// <param name="name">Its name.</param>
/// <param name="handler">Does it.</param>
public sealed class PlanTarget(ActionType type, string name, PlanHandler handler)
{
    private JsonSchema? _parameters;
    private JsonSchema? _result;

    /// <summary>What it is.</summary>
    public ActionType Type { get; } = type;

    /// <summary>Its name.</summary>
    public string Name { get; } = !string.IsNullOrWhiteSpace(name) ? name : throw new ArgumentException("A target needs a name.", nameof(name));

    /// <summary>Does it.</summary>
    public PlanHandler Handler { get; } = handler ?? throw new ArgumentNullException(nameof(handler));

    /// <summary>What it is for, for whoever makes plans.</summary>
    public string Description { get; init; } = "";

    /// <summary>
    /// The JSON schema of its parameters; <see langword="null"/>: any. Literal parameters are checked when the plan is loaded, references by the type of what
    /// they refer to, and all of them again when the action starts.
    /// </summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>The JSON schema of its output; <see langword="null"/>: any. An output that does not fit fails the action.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>What it does to the world outside the run. <see cref="Effect.Transactional"/> is not for plans. Default: <see cref="Effect.AtLeastOnce"/>.</summary>
    public Effect Effect { get; init; }

    internal JsonSchema? ParametersSchema => Parameters is { } schema ? _parameters ??= JsonSchema.Parse(schema) : null;

    internal JsonSchema? ResultSchema => Result is { } schema ? _result ??= JsonSchema.Parse(schema) : null;
}
