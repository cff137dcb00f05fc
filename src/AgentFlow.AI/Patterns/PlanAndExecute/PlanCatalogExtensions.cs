using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Gives plans tools and models.</summary>
public static class PlanCatalogExtensions
{
    private static readonly JsonElement s_modelParameters = JsonElement.Parse("""
        {"type":"object","properties":{"prompt":{"type":"string","description":"What to do"},"input":{"description":"What to do it with"},"system":{"type":"string"}},"required":["prompt"],"additionalProperties":false}
        """);

    /// <summary>Adds tools. A plan gives their arguments as parameters; the result is JSON, or a text.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="tools">The tools. None may need an approval: plans have nobody to ask.</param>
    /// <returns>The catalog.</returns>
    /// <exception cref="ArgumentException">There is one of the same name, one needs an approval, or has a schema that plans cannot be checked by.</exception>
    public static PlanCatalog AddTools(this PlanCatalog catalog, IEnumerable<AIFunction> tools)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(tools);
        foreach (var tool in tools)
        {
            if (ToolFacts.NeedsApproval(tool))
            {
                throw new ArgumentException($"Each call of tool '{tool.Name}' has to be approved, and a plan has nobody to ask. Leave it out, or have an agent call it.", nameof(tools));
            }

            catalog.Add(new PlanTarget(ActionType.Tool, tool.Name, (arguments, context, cancellationToken) => CallAsync(tool, arguments, context, cancellationToken))
            {
                Description = tool.Description,
                Parameters = tool.JsonSchema,
                Effect = ToolFacts.EffectOf(tool),
            });
        }

        return catalog;
    }

    /// <summary>Adds a model. Its parameters are <c>prompt</c>, and if need be <c>input</c> (any value) and <c>system</c>; the output is its text.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="name">The name that plans call it by.</param>
    /// <param name="model">The model.</param>
    /// <param name="description">What it is for, for whoever makes plans.</param>
    /// <returns>The catalog.</returns>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public static PlanCatalog AddModel(this PlanCatalog catalog, string name, IChatClient model, string description = "Writes, summarises, extracts, judges: anything that needs understanding.")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        return catalog.Add(new PlanTarget(ActionType.Llm, name, AskAsync) { Description = description, Parameters = s_modelParameters, Result = JsonElement.Parse("""{"type":"string"}""") });

        async ValueTask<JsonElement> AskAsync(JsonElement arguments, ActionContext context, CancellationToken cancellationToken)
        {
            var messages = new List<ChatMessage>();
            if (arguments.TryGetProperty("system", out var system))
            {
                messages.Add(new(ChatRole.System, system.GetString()));
            }

            var input = arguments.TryGetProperty("input", out var given) ? "\n\n" + (JsonText.OfResult(given)) : "";
            messages.Add(new(ChatRole.User, arguments.GetProperty("prompt").GetString() + input));
            var response = await context.AskAsync(model, messages, cancellationToken: cancellationToken).ConfigureAwait(false);
            return Text(response.Answered());
        }
    }

    private static async ValueTask<JsonElement> CallAsync(AIFunction tool, JsonElement arguments, ActionContext context, CancellationToken cancellationToken)
    {
        var values = new AIFunctionArguments(JsonText.ParseCall("", tool.Name, arguments.GetRawText()).Arguments ?? new Dictionary<string, object?>())
        {
            Services = context.Services,
            Context = new Dictionary<object, object?> { [typeof(ActionContext)] = context, [typeof(AgentToolRunner)] = new ChildToolRunner(context) },
        };
        var result = await tool.InvokeAsync(values, cancellationToken).ConfigureAwait(false);
        return result switch
        {
            JsonElement json => json,
            string text => Text(text),
            AIContent or IEnumerable<AIContent> => Text(JsonText.OfResult(result)),
            _ => JsonElement.Parse(JsonText.Of(result)),
        };
    }

    private static JsonElement Text(string text) => JsonElement.Parse(JsonText.Of(text));
}
