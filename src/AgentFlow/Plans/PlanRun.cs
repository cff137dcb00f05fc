using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.Schemas;
using AgentFlow.CompilerServices;

namespace AgentFlow;

/// <summary>One run of a plan: what the generator writes for a compiled agent, over arrays instead of fields.</summary>
internal sealed class PlanRun : AgentRun<JsonElement>
{
    private readonly Plan _plan;
    private readonly ConfiguredValueTaskAwaitable<JsonElement>.ConfiguredValueTaskAwaiter[] _pending;
    private ActionStatus[] _statuses;
    private int _iteration = 1;

    // What has been put out so far, failed attempts and elements of a for-each among it.
    private long _outputBytes;

    public PlanRun(Plan plan, JsonElement[] inputs)
        : base(plan.Run)
    {
        _plan = plan;
        Inputs = inputs;
        Outputs = new JsonElement[plan.Actions.Count];
        _statuses = new ActionStatus[plan.Actions.Count];
        _pending = new ConfiguredValueTaskAwaitable<JsonElement>.ConfiguredValueTaskAwaiter[plan.Actions.Count];
    }

    public JsonElement[] Inputs { get; }

    public JsonElement[] Outputs { get; private set; }

    protected override Span<ActionStatus> Statuses => _statuses;

    protected internal override int Iteration => _iteration;

    public static IAsyncEnumerable<AgentEvent> StreamAsync(Plan plan, JsonElement[] inputs, RunOptions options, CancellationToken cancellationToken) =>
        ReadAsync((plan, inputs), options, static (arguments, options, token) => new PlanRun(arguments.plan, arguments.inputs).Prepare(options, token), cancellationToken);

    public ValueTask<JsonElement> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        Prepare(options, cancellationToken);
        return AgentTelemetry.IsObserved ? GoObserved() : GoOn(0);
    }

    public PlanRun Prepare(RunOptions options, CancellationToken cancellationToken = default)
    {
        Begin(options, cancellationToken);
        return this;
    }

    public bool HasOutput(int action) => HasValue(_statuses[action]) && Outputs[action].ValueKind != JsonValueKind.Undefined;

    /// <summary>What the run, which has ended, has come to.</summary>
    public PlanReport ToReport(Exception? error, IReadOnlyList<ActionFailedException>? failures = null) => new()
    {
        Succeeded = error is null,
        Result = error is null ? GetResult() : PlanValues.Null,
        Outputs = _plan.Actions.Index().Where(action => HasOutput(action.Index) && Plan.Graph.Actions[action.Index].Output is not null).ToDictionary(static action => action.Item.OutputKey, action => Outputs[action.Index]),
        Failures = error switch
        {
            null => ToFailures(failures ?? Failures),
            ActionFailedException failed => ToFailures(failed.Failures),
            _ => [new PlanFailure("", error.Message)],
        },
    };

    protected override bool IsWanted(int action) => _plan.Actions[action].Condition!.Holds(new PlanValues(this));

    protected override StepResult Start(int action)
    {
        if (_plan.Actions[action].Policy.Forgotten)
        {
            Forget(action, Execute(action));
            return StepResult.Completed;
        }

        var task = Execute(action);
        if (!task.IsCompleted)
        {
            var awaiter = task.ConfigureAwait(false).GetAwaiter();
            _pending[action] = awaiter;
            awaiter.UnsafeOnCompleted(Continuation(action));
            return StepResult.Pending;
        }

        Outputs[action] = task.GetAwaiter().GetResult();
        return StepResult.Completed;
    }

    protected override void Complete(int action)
    {
        var awaiter = _pending[action];
        _pending[action] = default;
        Outputs[action] = awaiter.GetResult();
    }

    protected override object? GetOutput(int action) => Outputs[action].ValueKind == JsonValueKind.Undefined ? PlanValues.Null : Outputs[action];

    protected override JsonElement GetResult() => Plan.Result < 0 || !HasOutput(Plan.Result) ? PlanValues.Null : Outputs[Plan.Result];

    protected override object GetState() => ((ActionStatus[])_statuses.Clone(), (JsonElement[])Outputs.Clone(), _iteration);

    protected override void SetState(object state) => (_statuses, Outputs, _iteration) = ((ActionStatus[], JsonElement[], int))state;

    /// <summary>Nothing to reuse: what a plan's run costs is little beside what its actions do.</summary>
    protected override void Recycle()
    {
    }

    protected internal override JsonTypeInfo? OutputJson(int action) => Plan.Graph.Actions[action].Output is null ? null : PlanValues.Contract;

    protected internal override JsonTypeInfo? ItemJson(int action) => _plan.Actions[action].ForEach is null ? null : PlanValues.Contract;

    protected internal override JsonTypeInfo InputJson(int input) => PlanValues.Contract;

    protected internal override object? GetInput(int input) => Inputs[input];

    protected internal override void SetInput(int input, object? value) => Inputs[input] = (JsonElement)value!;

    protected internal override void SetOutput(int action, object? value) => Outputs[action] = value is JsonElement element ? element : PlanValues.Null;

    protected internal override void SetIteration(int iteration) => _iteration = iteration;

    private static PlanFailure[] ToFailures(IEnumerable<ActionFailedException> failures) => [.. failures.Select(static f => new PlanFailure(f.Action, ToMessage(f)))];

    private static string ToMessage(ActionFailedException failure)
    {
        var message = failure.InnerException?.Message ?? failure.Message;
        return failure.Item is { } item ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Element {item}: {message}") : message;
    }

    /// <summary>Counts an output, so that many that are small enough do not fill the memory together.</summary>
    private void AddOutput(JsonElement value, PlanAction action)
    {
        if (Interlocked.Add(ref _outputBytes, JsonMarshal.GetRawUtf8Value(value).Length) > _plan.Limits.MaxOutputBytes)
        {
            throw new InvalidOperationException($"The outputs of plan '{_plan.Name}' are larger than {_plan.Limits.MaxOutputBytes} bytes together, with that of action '{action.Name}'.");
        }
    }

    private ValueTask<JsonElement> Execute(int index)
    {
        var action = _plan.Actions[index];
        return action.ForEach is { } items
            ? ExecuteEachAsync(index, action, items)
            : ActionExecution.ExecuteAsync<PlanCall, JsonElement>(this, index, action.Policy, new PlanCall(this, action));
    }

    private async ValueTask<JsonElement> ExecuteEachAsync(int index, PlanAction action, PlanReference items)
    {
        var sequence = items.Resolve(new PlanValues(this));
        if (sequence.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidOperationException($"for_each of action '{action.Name}' needs an array, and {items} is {sequence.ValueKind.ToString().ToLowerInvariant()}.");
        }

        if (sequence.GetArrayLength() > _plan.Limits.MaxItems)
        {
            throw new InvalidOperationException($"for_each of action '{action.Name}' got {sequence.GetArrayLength()} elements, and a plan may take at most {_plan.Limits.MaxItems}.");
        }

        var results = await ForEachExecution.ExecuteAsync<PlanCall, (JsonElement, int), JsonElement>(this, index, action.Policy, new PlanCall(this, action), sequence.EnumerateArray().Select(static (item, i) => (item, i))).ConfigureAwait(false);
        return JsonSerializer.SerializeToElement(results, PlanValues.ArrayContract);
    }

    /// <summary>One call of an action's target, for one element if it has a for-each.</summary>
    private readonly struct PlanCall(PlanRun run, PlanAction action, JsonElement item = default, int index = -1) : IItemCall<PlanCall, (JsonElement Item, int Index), JsonElement>
    {
        public bool HasFallback => action.Fallback is not null;

        private PlanValues Values => new(run, item, index);

        public PlanCall ForItem((JsonElement Item, int Index) element) => new(run, action, element.Item, element.Index);

        public bool IsLast(JsonElement value) => false;

        public void Require()
        {
        }

        public ValueTask<JsonElement> InvokeAsync(ActionContext context, CancellationToken cancellationToken) =>
            InvokeAsync(action.Target, Arguments(action.Target, action.Parameters), context, cancellationToken);

        public void Ensure(JsonElement value)
        {
        }

        public ValueTask<JsonElement> FallBackAsync(Exception failure, ActionContext context, CancellationToken cancellationToken) =>
            InvokeAsync(action.Fallback!.Target, Arguments(action.Fallback.Target, action.Fallback.Parameters), context, cancellationToken);

        public bool TryGetCached(TimeProvider clock, out JsonElement value)
        {
            value = default;
            return action.Cache is { } cache && cache.TryGet(action.Target, CacheKey(), clock, out value);
        }

        public void Cache(TimeProvider clock, JsonElement value) => action.Cache?.Set(action.Target, CacheKey(), clock, value);

        /// <summary>The arguments may be large, and a cache keeps many keys.</summary>
        private string CacheKey() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(PlanJson.Canonical(Arguments(action.Target, action.Parameters)))));

        private JsonElement Arguments(PlanTarget target, PlanTemplate parameters)
        {
            var arguments = parameters.Resolve(Values, run._plan.Limits);
            if (target.ParametersSchema is { } schema)
            {
                Check(arguments, schema, "parameters", $"The parameters of action '{action.Name}' do not fit {target.Type.ToWireName()} '{target.Name}'");
            }

            return arguments;
        }

        private async ValueTask<JsonElement> InvokeAsync(PlanTarget target, JsonElement arguments, ActionContext context, CancellationToken cancellationToken)
        {
            var value = await target.Handler(arguments, context, cancellationToken).ConfigureAwait(false);
            if (value.ValueKind == JsonValueKind.Undefined)
            {
                return PlanValues.Null;
            }

            run.AddOutput(value, action);
            if (target.ResultSchema is { } schema)
            {
                Check(value, schema, "result", $"The result of {target.Type.ToWireName()} '{target.Name}' is not what it promises");
            }

            // A value may belong to a document that its maker disposes of.
            return value.Clone();
        }

        private static void Check(JsonElement value, JsonSchema schema, string name, string what)
        {
            var errors = new List<string>();
            PlanSchemas.Check(value, schema, name, (path, message) => errors.Add($"{path} {message}"));
            if (errors.Count > 0)
            {
                throw new InvalidOperationException($"{what}: {string.Join("; ", errors.Take(10))}.");
            }
        }
    }
}
