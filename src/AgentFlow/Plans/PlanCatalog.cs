using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow;

/// <summary>What plans can call. Plans name targets; they never bring any of their own.</summary>
public sealed class PlanCatalog
{
    private static readonly JsonElement s_relicParameters = JsonElement.Parse("""
        {"type":"object","properties":{"key":{"type":"string","minLength":1,"maxLength":512},"value":{}},"required":["key"],"additionalProperties":false}
        """);

    private readonly Dictionary<(ActionType Type, string Name), PlanTarget> _targets = [];

    /// <summary>Everything that plans can call, in the order in which it was added.</summary>
    public IReadOnlyCollection<PlanTarget> Targets => _targets.Values;

    /// <summary>Adds a target.</summary>
    /// <param name="target">The target.</param>
    /// <returns>This catalog.</returns>
    /// <exception cref="ArgumentException">There is one of this type and name, its schema is none that plans can be checked by, or its effect is not for plans.</exception>
    public PlanCatalog Add(PlanTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Effect == Effect.Transactional)
        {
            throw new ArgumentException($"Target '{target.Name}' is transactional. Only compiled actions are given the store's transaction.", nameof(target));
        }

        if ((target.Parameters is { } parameters ? PlanSchemas.FindUnsupported(parameters) : null) is { } unsupported)
        {
            throw new ArgumentException($"The schema of the parameters of '{target.Name}' cannot be checked: {unsupported}", nameof(target));
        }

        if ((target.Result is { } result ? PlanSchemas.FindUnsupported(result) : null) is { } unsupportedResult)
        {
            throw new ArgumentException($"The schema of the result of '{target.Name}' cannot be checked: {unsupportedResult}", nameof(target));
        }

        if (!_targets.TryAdd((target.Type, target.Name), target))
        {
            throw new ArgumentException($"There is a {target.Type.ToWireName()} '{target.Name}' already.", nameof(target));
        }

        return this;
    }

    /// <summary>Adds a tool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="handler">Does it.</param>
    /// <param name="parameters">The JSON schema of its parameters, as text.</param>
    /// <returns>This catalog.</returns>
    /// <exception cref="ArgumentException">There is one of this name, or its schema is none that plans can be checked by.</exception>
    public PlanCatalog AddTool(string name, PlanHandler handler, [StringSyntax(StringSyntaxAttribute.Json)] string? parameters = null) =>
        Add(new PlanTarget(ActionType.Tool, name, handler) { Parameters = parameters is null ? null : JsonElement.Parse(parameters) });

    /// <summary>Adds an agent. In a session each action that calls it is a child session.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="name">The name that plans call it by.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="input">Reads the agent's input from the parameters.</param>
    /// <param name="result">How its result is written as JSON.</param>
    /// <param name="parameters">The JSON schema of its parameters, as text.</param>
    /// <param name="description">What it is for, for whoever makes plans.</param>
    /// <returns>This catalog.</returns>
    /// <exception cref="ArgumentException">There is one of this name, or its schema is none that plans can be checked by.</exception>
    public PlanCatalog AddAgent<TSelf, TInput, TResult>(
        string name,
        IDurableAgent<TSelf, TInput, TResult> agent,
        Func<JsonElement, TInput> input,
        JsonTypeInfo<TResult> result,
        [StringSyntax(StringSyntaxAttribute.Json)] string? parameters = null,
        string description = "")
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(result);
        return Add(new PlanTarget(ActionType.Agent, name, RunAsync) { Parameters = parameters is null ? null : JsonElement.Parse(parameters), Description = description });

        async ValueTask<JsonElement> RunAsync(JsonElement arguments, ActionContext context, CancellationToken cancellationToken) =>
            JsonSerializer.SerializeToElement(await context.RunChildAsync(agent, input(arguments), cancellationToken).ConfigureAwait(false), result);
    }

    /// <summary>Adds another plan as a workflow. In a session each action that calls it is a child session.</summary>
    /// <param name="name">The name that plans call it by.</param>
    /// <param name="plan">The plan; its inputs are the parameters.</param>
    /// <param name="description">What it is for, for whoever makes plans.</param>
    /// <returns>This catalog.</returns>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public PlanCatalog AddWorkflow(string name, Plan plan, string description = "")
    {
        ArgumentNullException.ThrowIfNull(plan);
        var agent = new PlanAgent(plan);
        return Add(new PlanTarget(ActionType.Workflow, name, (arguments, context, cancellationToken) => context.RunChildAsync(agent, arguments, cancellationToken))
        {
            Parameters = plan.InputSchema,
            Description = description,
        });
    }

    /// <summary>
    /// Adds a store of relics. An action with a <c>key</c> reads, its output being the relic, or null if there is none; one with a <c>key</c> and a <c>value</c> writes, its output being the
    /// value.
    /// </summary>
    /// <param name="name">The name that plans call it by.</param>
    /// <param name="store">The store.</param>
    /// <param name="description">What is kept there, for whoever makes plans.</param>
    /// <returns>This catalog.</returns>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public PlanCatalog AddRelics(string name, IRelicStore store, string description = "")
    {
        ArgumentNullException.ThrowIfNull(store);
        return Add(new PlanTarget(ActionType.Relic, name, ReadOrWriteAsync) { Parameters = s_relicParameters, Description = description });

        async ValueTask<JsonElement> ReadOrWriteAsync(JsonElement arguments, ActionContext context, CancellationToken cancellationToken)
        {
            var key = arguments.GetProperty("key").GetString()!;
            if (!arguments.TryGetProperty("value", out var value))
            {
                return await store.ReadAsync(key, cancellationToken).ConfigureAwait(false) ?? JsonElement.Parse("null");
            }

            await store.WriteAsync(key, value, cancellationToken).ConfigureAwait(false);
            return value;
        }
    }

    internal PlanTarget? Find(ActionType type, string name) => _targets.GetValueOrDefault((type, name));
}
