using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes, for each action with policies, the policies as data, the call that they wrap, and the method that runs it under them.</summary>
internal sealed class CallEmitter(SourceWriter writer, AgentNames names, RunShape run, Arguments arguments)
{
    private const string ValueTask = "global::System.Threading.Tasks.ValueTask";

    /// <summary>The type of one call's value: of a for-each, for one element.</summary>
    public static string ValueType(ActionModel action) => action switch
    {
        { Method.Value: null } => "global::AgentFlow.Unit",
        { Method.Returns: ReturnKind.AsyncEnumerable, Method.Value: { } element } => Identifier.ArrayOf(element.Name),
        _ => action.Method.Value!.Name,
    };

    /// <summary>The type that running the action gives.</summary>
    public static string ResultType(ActionModel action) => action.ForEach is null ? ValueType(action) : Identifier.ArrayOf(ValueType(action));

    public void Emit(ActionModel action)
    {
        var name = action.Method.Name;
        EmitPolicy(action);
        writer.Line($"private {ValueTask}<{ResultType(action)}> Execute_{name}() =>");
        var call = $"new Call_{name}(this)";
        writer.Line(action.ForEach is { } forEach
            ? $"    {Runtime.ForEachExecution}.ExecuteAsync<Call_{name}, {forEach.Item.Name}, {ValueType(action)}>(this, {action.Index}, Policy_{name}, {call}, {names.Output("State", forEach.Source)});"
            : $"    {Runtime.ActionExecution}.ExecuteAsync<Call_{name}, {ValueType(action)}>(this, {action.Index}, Policy_{name}, {call});");
        writer.Line();
        EmitCall(action);
        writer.Line();
    }

    private void EmitPolicy(ActionModel action)
    {
        var facts = PolicyFacts(action).ToList();
        if (action.Cache is { } cache)
        {
            writer.Line($"private static readonly {Runtime.ActionCache}<{CacheKeyType(action)}, {ValueType(action)}> Cache_{action.Method.Name} = new({GraphEmitter.Time(cache.Duration)}, {cache.Capacity});");
            writer.Line();
        }

        writer.Line($"private static readonly {Runtime.ActionPolicy} Policy_{action.Method.Name} = {(facts.Count == 0 ? $"{Runtime.ActionPolicy}.None;" : "new()")}");
        if (facts.Count > 0)
        {
            writer.Block(null, () =>
            {
                foreach (var fact in facts)
                {
                    writer.Line(fact + ",");
                }
            }, "};");
        }

        writer.Line();
    }

    private IEnumerable<string> PolicyFacts(ActionModel action)
    {
        if (action.Retry is { } retry)
        {
            var handles = retry.On.IsEmpty ? "" : $", Handles = static error => error is {string.Join(" or ", retry.On)}";
            yield return $"Retry = new() {{ Attempts = {retry.Attempts}, Delay = {GraphEmitter.Time(retry.Delay)}, Backoff = global::AgentFlow.BackoffKind.{retry.Backoff}, "
                + $"MaxDelay = {GraphEmitter.Time(retry.MaxDelay)}, Jitter = {(retry.Jitter ? "true" : "false")}{handles} }}";
        }

        if (action.Timeout is { } timeout)
        {
            yield return $"Timeout = {GraphEmitter.Time(timeout)}";
        }

        if (action.IdleTimeout is { } idle)
        {
            yield return $"IdleTimeout = {GraphEmitter.Time(idle)}";
        }

        if (action.Delay is { } delay)
        {
            yield return $"Delay = {GraphEmitter.Time(delay)}";
        }

        if (action.Offload)
        {
            yield return "Offload = true";
        }

        if (run.CanLose(action))
        {
            yield return "Races = true";
        }

        if (action.Mode == ActionMode.FireAndForget)
        {
            yield return "Forgotten = true";
        }

        if (action.ForEach is { } forEach)
        {
            yield return $"MaxParallel = {forEach.MaxParallel.ToString(CultureInfo.InvariantCulture)}";
            if (forEach.AllowPartialFailure)
            {
                yield return "AllowPartialFailure = true";
            }
        }
    }

    private void EmitCall(ActionModel action)
    {
        var type = ValueType(action);
        var name = "Call_" + action.Method.Name;
        var captured = Capture(action);
        var site = new CallSite("Owner.Agent", "Owner.State", "Owner.", "cancellationToken", "context", "value")
        {
            Captured = p => captured.FirstOrDefault(c => ReferenceEquals(c.Parameter, p)).Field,
        };

        // What decides is asked apart from any attempt: it gets the run's token and context.
        var judging = site with { Token = "Owner.Token", Context = null };
        var creation = site with { Agent = "run.Agent", State = "run.State", Run = "run.", Captured = null };
        var contract = action.ForEach is { } forEach
            ? $"{Runtime.IItemCall}<{name}, {forEach.Item.Name}, {type}>"
            : $"{Runtime.IActionCall}<{type}>";
        writer.Block($"private struct {name}(Run run) : {contract}", () =>
        {
            writer.Line("public readonly Run Owner = run;");
            foreach (var (parameter, field) in captured)
            {
                writer.Line($"private readonly {parameter.Type.Name} {field} = {arguments.Argument(creation, parameter, action.Index)};");
            }

            if (action.ForEach is { } each)
            {
                writer.Line($"private {each.Item.Name} _item = default!;");
            }

            writer.Line();
            writer.Line($"public readonly bool HasFallback => {(action.Fallback is null ? "false" : "true")};");
            writer.Line();
            EmitConditions(action, judging, type);
            writer.Line($"public readonly {ValueTask}<{type}> InvokeAsync({Runtime.ActionContext} context, {Runtime.CancellationToken} cancellationToken)");
            if (action.Signal is null)
            {
                Body(action.Method, arguments.Call(site, action.Method, action.Index), type);
            }
            else
            {
                writer.Line($"    => throw Owner.Unanswered({action.Index});");
            }

            writer.Line();
            writer.Line($"public readonly {ValueTask}<{type}> FallBackAsync(global::System.Exception failure, {Runtime.ActionContext} context, {Runtime.CancellationToken} cancellationToken)");
            if (action.Fallback is { } fallback)
            {
                Body(fallback, arguments.Call(site, fallback, action.Index), type);
            }
            else
            {
                writer.Line("    => throw failure;");
            }

            writer.Line();
            EmitCaching(action, site, type);
            if (action.ForEach is { } loop)
            {
                EmitItem(action, loop, judging, name, type);
            }
        });
    }

    private void EmitConditions(ActionModel action, CallSite site, string type)
    {
        Conditions("Require()", action.Requires, post: false);
        Conditions($"Ensure({type} value)", action.Ensures, post: true);

        void Conditions(string signature, EquatableArray<MethodModel> conditions, bool post)
        {
            writer.Block($"public readonly void {signature}", () =>
            {
                foreach (var condition in conditions)
                {
                    writer.Line($"{Runtime.Conditions}.Check({arguments.Call(site, condition, action.Index)}, {Identifier.Literal(condition.Name)}, isPostcondition: {(post ? "true" : "false")});");
                }
            });
            writer.Line();
        }
    }

    private void EmitCaching(ActionModel action, CallSite site, string type)
    {
        if (action.Cache is null)
        {
            writer.Block($"public readonly bool TryGetCached(global::System.TimeProvider clock, out {type} value)", () =>
            {
                writer.Line("value = default!;");
                writer.Line("return false;");
            });
            writer.Line();
            writer.Block($"public readonly void Cache(global::System.TimeProvider clock, {type} value)", () => { });
            return;
        }

        var key = CacheKey(action, site);
        writer.Line($"public readonly bool TryGetCached(global::System.TimeProvider clock, out {type} value) =>");
        writer.Line($"    Cache_{action.Method.Name}.TryGet(Owner.Agent, {key}, clock, out value!);");
        writer.Line();
        writer.Line($"public readonly void Cache(global::System.TimeProvider clock, {type} value) =>");
        writer.Line($"    Cache_{action.Method.Name}.Set(Owner.Agent, {key}, clock, value);");
    }

    private void EmitItem(ActionModel action, ForEachModel loop, CallSite site, string name, string type)
    {
        writer.Line();
        writer.Block($"public readonly {name} ForItem({loop.Item.Name} item)", () =>
        {
            writer.Line($"{name} call = this;");
            writer.Line("call._item = item;");
            writer.Line("return call;");
        });
        writer.Line();
        writer.Line($"public readonly bool IsLast({type} value) => {(loop.Until is { } until ? arguments.Call(site, until, action.Index) : "false")};");
    }

    /// <summary>Writes a body that brings whatever a method returns into a task of the value.</summary>
    private void Body(MethodModel method, string call, string type)
    {
        switch (method.Returns)
        {
            case ReturnKind.Void:
                writer.Block(null, () =>
                {
                    writer.Line($"{call};");
                    writer.Line("return default;");
                });
                break;
            case ReturnKind.Value or ReturnKind.TaskOfValue:
                writer.Line($"    => new {ValueTask}<{type}>({call});");
                break;
            case ReturnKind.ValueTaskOfValue:
                writer.Line($"    => {call};");
                break;
            case ReturnKind.AsyncEnumerable:
                writer.Line($"    => {Runtime.AsyncSequence}.CollectAsync({call}, context, cancellationToken);");
                break;
            default:
                writer.Line($"    => {Runtime.ActionTask}.From({call});");
                break;
        }
    }

    /// <summary>What nobody waits for may run when the state has moved on: it takes its arguments with it.</summary>
    private static List<(ParameterModel Parameter, string Field)> Capture(ActionModel action)
    {
        var captured = new List<(ParameterModel, string)>();
        if (action.Mode == ActionMode.FireAndForget)
        {
            foreach (var (method, _, _) in DependencyEdges.Methods(action).Where(m => m.Role != EdgeRole.When))
            {
                foreach (var parameter in method.Parameters)
                {
                    if (parameter.Source is ParameterSource.Input or ParameterSource.Output or ParameterSource.Merge or ParameterSource.Race or ParameterSource.Previous or ParameterSource.Service)
                    {
                        captured.Add((parameter, $"_{captured.Count.ToString(CultureInfo.InvariantCulture)}_{parameter.Name}"));
                    }
                }
            }
        }

        return captured;
    }

    private static bool IsKey(ParameterModel parameter) =>
        parameter.Source is not (ParameterSource.CancellationToken or ParameterSource.Context or ParameterSource.Service);

    /// <summary>A tuple of the inputs, of any length; the constant in front makes one of fewer than two.</summary>
    private static string CacheKeyType(ActionModel action) =>
        $"(int, {string.Join(", ", action.Method.Parameters.Where(IsKey).Select(p => p.Type.Name).DefaultIfEmpty("int"))})";

    private string CacheKey(ActionModel action, CallSite site)
    {
        var values = action.Method.Parameters.Where(IsKey).Select(p => site.Captured?.Invoke(p) ?? arguments.Argument(site, p, action.Index)).DefaultIfEmpty("0");
        return $"(0, {string.Join(", ", values)})";
    }
}
