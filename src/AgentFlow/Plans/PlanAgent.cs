using System.Text.Json;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>
/// Runs a <see cref="Plan"/>: as a plain run, seen as events, or as a durable session (<c>runtime.StartAsync(new PlanAgent(plan), inputs)</c>), with everything sessions can do. Its
/// input is an object with the plan's inputs, its result the plan's.
/// </summary>
/// <param name="plan">The plan.</param>
public sealed class PlanAgent(Plan plan) : IDurableAgent<PlanAgent, JsonElement, JsonElement>
{
    /// <summary>The plan.</summary>
    public Plan Plan { get; } = plan ?? throw new ArgumentNullException(nameof(plan));

    static AgentGraph IAgent<PlanAgent, JsonElement, JsonElement>.Graph => throw NotOfTheClass();

    static AgentShape IDurableAgent<PlanAgent, JsonElement, JsonElement>.Shape => throw NotOfTheClass();

    AgentGraph IAgent<PlanAgent, JsonElement, JsonElement>.Definition => Plan.Graph;

    AgentShape IDurableAgent<PlanAgent, JsonElement, JsonElement>.Contract => Plan.Shape;

    /// <summary>Runs the plan once.</summary>
    /// <param name="inputs">An object with the plan's inputs; may be left out if it has none.</param>
    /// <param name="options">What surrounds the run. Default: <see cref="RunOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The value of the result action; JSON's null if it was skipped, or there is none.</returns>
    /// <exception cref="ArgumentException">The inputs do not fit the plan's.</exception>
    /// <exception cref="ActionFailedException">An action failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public ValueTask<JsonElement> RunAsync(JsonElement inputs = default, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        new PlanRun(Plan, InputsOf(inputs)).RunAsync(options ?? RunOptions.Default, cancellationToken);

    /// <summary>Runs the plan once and tells what happens.</summary>
    /// <param name="inputs">An object with the plan's inputs; may be left out if it has none.</param>
    /// <param name="options">What surrounds the run. Default: <see cref="RunOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The events, up to the one that ends the run.</returns>
    /// <exception cref="ArgumentException">The inputs do not fit the plan's.</exception>
    public IAsyncEnumerable<AgentEvent> StreamAsync(JsonElement inputs = default, RunOptions? options = null, CancellationToken cancellationToken = default) =>
        PlanRun.StreamAsync(Plan, InputsOf(inputs), options ?? RunOptions.Default, cancellationToken);

    /// <summary>Runs the plan once and returns a report of its outcome, including its failures.</summary>
    /// <param name="inputs">An object with the plan's inputs; may be left out if it has none.</param>
    /// <param name="options">What surrounds the run. Default: <see cref="RunOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The inputs do not fit the plan's.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<PlanReport> TryRunAsync(JsonElement inputs = default, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        var run = new PlanRun(Plan, InputsOf(inputs));
        IReadOnlyList<ActionFailedException> failures = [];
        Exception? error = null;
        try
        {
            await run.RunAsync((options ?? RunOptions.Default).TellingFailures(told => failures = told), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            error = e;
        }

        return run.ToReport(error, failures);
    }

    ValueTask<JsonElement> IAgent<PlanAgent, JsonElement, JsonElement>.RunAsync(JsonElement input, RunOptions options, CancellationToken cancellationToken) =>
        RunAsync(input, options, cancellationToken);

    IAsyncEnumerable<AgentEvent> IAgent<PlanAgent, JsonElement, JsonElement>.StreamAsync(JsonElement input, RunOptions options, CancellationToken cancellationToken) =>
        StreamAsync(input, options, cancellationToken);

    AgentRun<JsonElement> IDurableAgent<PlanAgent, JsonElement, JsonElement>.Rent(JsonElement input, RunOptions options) =>
        new PlanRun(Plan, input.ValueKind == JsonValueKind.Undefined ? new JsonElement[Plan.Inputs.Count] : InputsOf(input)).Prepare(options);

    private JsonElement[] InputsOf(JsonElement inputs)
    {
        var given = inputs.ValueKind == JsonValueKind.Undefined ? JsonElement.Parse("{}") : inputs;
        var errors = new List<string>();
        PlanSchemas.Check(given, Plan.InputCheck, "inputs", (path, message) => errors.Add($"{path} {message}"));
        if (errors.Count > 0)
        {
            throw new ArgumentException($"The inputs do not fit plan '{Plan.Name}': {string.Join("; ", errors)}.", nameof(inputs));
        }

        return [.. Plan.Inputs.Select(name => given.TryGetProperty(name, out var value) ? value.Clone() : PlanValues.Null)];
    }

    private static NotSupportedException NotOfTheClass() => new("Each plan has a graph of its own: ask the instance.");
}
