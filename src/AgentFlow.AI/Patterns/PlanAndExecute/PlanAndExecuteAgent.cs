using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// A model plans, the plan runs, in parallel, and if it fails the model mends it: dynamic replanning (Wang et al. 2023, <i>Plan-and-Solve Prompting</i>). Plans are data that are checked like
/// compiled agents before they run; one that cannot be run goes back with what is wrong. What a failed plan has made is kept: the next plan takes it as inputs. In a session each plan is a
/// child session.
/// </summary>
/// <param name="planner">Makes the plans.</param>
/// <param name="catalog">What they can call.</param>
/// <param name="options">How it works. Default: <see cref="PlanAndExecuteOptions.Default"/>.</param>
[Agent(Name = "PlanAndExecute", MaxIterations = PlanLimit)]
public sealed partial class PlanAndExecuteAgent(IChatClient planner, PlanCatalog catalog, PlanAndExecuteOptions? options = null)
{
    internal const int PlanLimit = 20;

    private const int ShownOutput = 500;

    private readonly IChatClient _planner = planner ?? throw new ArgumentNullException(nameof(planner));
    private readonly PlanCatalog _catalog = catalog ?? throw new ArgumentNullException(nameof(catalog));
    private readonly PlanAndExecuteOptions _options = options ?? PlanAndExecuteOptions.Default;

    private string Guide => PlanGuide.Of(_catalog, _options.Instructions);

    /// <summary>Makes a plan that can be run, or says why there is none.</summary>
    [Action(Type = ActionType.Llm)]
    private async Task<MadePlan> MakePlan([Input] string task, [Previous(nameof(Execute))] Execution? before, ActionContext context, CancellationToken cancellationToken)
    {
        var deadline = before is null ? _options.DeadlineFrom(context) : before.Deadline;
        if (before is null
            && _options.Cache is { } cache
            && cache.TryGet(task, Guide, out var known)
            && Plan.TryParse(known, _catalog, out var whole, out _, _options.Limits)
            && whole.Inputs.Count == 0)
        {
            return new MadePlan(known, true, null, deadline);
        }

        var messages = new List<ChatMessage> { new(ChatRole.System, Guide), new(ChatRole.User, task) };
        if (before is not null)
        {
            messages.Add(new(ChatRole.User, Describe(before)));
        }

        IReadOnlyList<PlanError> errors = [];
        for (var correction = 0; correction <= _options.MaxCorrections; correction++)
        {
            if (_options.HasUsedUp(context.Usage))
            {
                return new MadePlan(null, false, "The tokens were used up before there was a plan that can be run.", deadline, PatternLimit.Tokens);
            }

            var (inTime, response) = await TimeLimit.RunAsync(deadline, context, token => context.AskAsync(_planner, messages, cancellationToken: token), cancellationToken).ConfigureAwait(false);
            if (!inTime)
            {
                return new MadePlan(null, false, "The time was used up before there was a plan that can be run.", deadline, PatternLimit.Time);
            }

            if (response!.GetRefusal() is { } refusal)
            {
                return new MadePlan(null, false, $"The planner refused to make a plan: {refusal}", deadline, PatternLimit.Refusal);
            }

            var answer = response!.Said();
            var text = WithInputs(PlanGuide.Extract(answer), before);
            if (Plan.TryParse(text, _catalog, out var plan, out errors, _options.Limits))
            {
                errors = InputsThatNothingGives(plan, before?.Outputs);
                if (errors.Count == 0)
                {
                    return new MadePlan(text, false, null, deadline);
                }
            }

            messages.Add(new(ChatRole.Assistant, answer));
            messages.Add(new(ChatRole.User, $"This plan cannot be run. Give the whole plan again, mended:\n{string.Join('\n', errors.Take(20))}"));
        }

        return new MadePlan(null, false, $"The planner made no plan that can be run: {string.Join("; ", errors.Take(5))}", deadline);
    }

    /// <summary>Runs the plan, as a child session if there is one.</summary>
    [Action(Type = ActionType.Workflow)]
    private async Task<Execution> Execute([Input] string task, MadePlan makePlan, [Previous(nameof(Execute))] Execution? before, ActionContext context, CancellationToken cancellationToken)
    {
        var known = before?.Outputs ?? [];
        if (makePlan.Json is not { } json)
        {
            return new Execution(null, null, known, [new PlanFailure("", makePlan.Problem!)], makePlan.Deadline, makePlan.Limit);
        }

        var plan = Plan.Parse(json, _catalog, _options.Limits);
        if (InputsThatNothingGives(plan, known) is { Count: > 0 } missing)
        {
            return new Execution(json, null, known, [.. missing.Select(static error => new PlanFailure("", error.Message))], makePlan.Deadline);
        }

        var inputs = new JsonObject();
        foreach (var name in plan.Inputs)
        {
            inputs[name] = JsonNode.Parse(known[name].GetRawText());
        }

        var given = JsonElement.Parse(inputs.ToJsonString());
        var (inTime, report) = await TimeLimit.RunAsync(makePlan.Deadline, context, token => context.RunPlanAsync(plan, given, token), cancellationToken).ConfigureAwait(false);
        if (!inTime)
        {
            return new Execution(json, null, known, [new PlanFailure("", "The time was used up before the plan had come to its end.")], makePlan.Deadline, PatternLimit.Time);
        }

        if (!report!.Succeeded || report.Failures.Count > 0)
        {
            // One whose result was made in spite of failures may be wrong in what has failed: it is planned anew.
            if (makePlan.IsCached)
            {
                _options.Cache?.Remove(task);
            }
        }
        else if (!makePlan.IsCached && before is null && plan.Inputs.Count == 0)
        {
            // A plan that was made after another had failed leaves out what that one has done: it does not do the task by itself.
            _options.Cache?.Set(task, Guide, json);
        }

        var outputs = known.Concat(report.Outputs).GroupBy(static pair => pair.Key).ToDictionary(static group => group.Key, static group => group.Last().Value);
        // A result without a value is told apart from none by there being no failures.
        var hidesFailures = report.Succeeded && report.Result.ValueKind == JsonValueKind.Null;
        return new Execution(json, report.Succeeded ? report.Result : null, outputs, hidesFailures ? [] : [.. report.Failures], makePlan.Deadline);
    }

    [Action(Effect = Effect.None), Result]
    private PlannedResult Report(Execution execute, ActionContext context)
    {
        var succeeded = execute.Failures.Length == 0 || execute.Result is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };
        var limit = succeeded || execute.Limit != PatternLimit.None ? execute.Limit
            : context.Iteration >= _options.MaxPlans ? PatternLimit.Rounds
            : _options.HasUsedUp(context.Usage) ? PatternLimit.Tokens
            : PatternLimit.None;
        return new(execute.Result, succeeded, execute.Plan, context.Iteration, execute.Failures, succeeded || limit != PatternLimit.None, limit);
    }

    [Until]
    private static bool IsDone(PlannedResult report) => report.IsDone;

    private static string Describe(Execution before)
    {
        var made = string.Join('\n', before.Outputs.Select(static output => $"${output.Key} = {(JsonText.Of(output.Value) is { Length: > ShownOutput } text ? text[..(char.IsHighSurrogate(text[ShownOutput - 1]) ? ShownOutput - 1 : ShownOutput)] + "…" : JsonText.Of(output.Value))}"));
        return $"""
            This plan was tried:
            {before.Plan ?? "(none)"}
            It has failed: {string.Join("; ", before.Failures.Select(static f => f.Action.Length == 0 ? f.Message : $"action '{f.Action}': {f.Message}"))}
            {(made.Length == 0 ? "Nothing was made." : "What it has made is there for the next plan, as inputs:\n" + made)}
            Make another plan that does the task. Do not make again what is there.
            """;
    }

    private static IReadOnlyList<PlanError> InputsThatNothingGives(Plan plan, Dictionary<string, JsonElement>? made) =>
    [
        .. plan.Inputs.Where(name => made?.ContainsKey(name) != true)
            .Select(static name => new PlanError(PlanErrorKind.UnboundReference, "inputs", $"Nothing gives the input '{name}': no plan before this one has made it. Make it by an action, or leave it out.")),
    ];

    /// <summary>The plan, with what was made before as its inputs: those that it names.</summary>
    private static string WithInputs(string text, Execution? before)
    {
        if (before is null || before.Outputs.Count == 0)
        {
            return text;
        }

        try
        {
            if (JsonNode.Parse(text) is not JsonObject plan || plan.ContainsKey("inputs"))
            {
                return text;
            }

            var made = (plan["actions"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(static action => new[] { action["output_key"], action["name"] }).OfType<JsonValue>().Select(static name => name.ToString()).ToHashSet();
            plan["inputs"] = new JsonArray([.. before.Outputs.Keys.Where(name => !made.Contains(name)).Select(static name => (JsonNode)name)]);
            return ReadableJson.Of(plan.ToJsonString());
        }
        catch (JsonException)
        {
            // The plan's own check says what is wrong.
            return text;
        }
    }
}

/// <summary>A plan that was made.</summary>
/// <param name="Json">The plan; <see langword="null"/> if none could be.</param>
/// <param name="IsCached">Whether it was there already.</param>
/// <param name="Problem">Why there is none.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
/// <param name="Limit">What was used up before there was one.</param>
public sealed record MadePlan(string? Json, bool IsCached, string? Problem, DateTimeOffset? Deadline, PatternLimit Limit = PatternLimit.None);

/// <summary>What a plan has come to, and what all plans up to it have made.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Result">The result, if it was made.</param>
/// <param name="Outputs">What was made, by key.</param>
/// <param name="Failures">What has failed; none if the result was made.</param>
/// <param name="Deadline">When the time is up, if there is an end to it.</param>
/// <param name="Limit">What was used up before it had come to its end.</param>
public sealed record Execution(string? Plan, JsonElement? Result, Dictionary<string, JsonElement> Outputs, PlanFailure[] Failures, DateTimeOffset? Deadline, PatternLimit Limit = PatternLimit.None);

/// <summary>What a <see cref="PlanAndExecuteAgent"/> has come to.</summary>
/// <param name="Result">The result, if a plan has succeeded.</param>
/// <param name="Succeeded">Whether one has.</param>
/// <param name="Plan">The last plan.</param>
/// <param name="Plans">How many were tried.</param>
/// <param name="Failures">What has failed in the last.</param>
/// <param name="IsDone">Whether there are no more.</param>
/// <param name="Limit">What has ended it before a plan had succeeded.</param>
public sealed record PlannedResult(JsonElement? Result, bool Succeeded, string? Plan, int Plans, PlanFailure[] Failures, bool IsDone, PatternLimit Limit = PatternLimit.None);
