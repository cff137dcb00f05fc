using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>
/// Writes the fast lane: the actions one after the other in the order in which the scheduler would start them if each completed on the
/// spot, and at each one the way out to the scheduler.
/// </summary>
internal sealed class LaneEmitter(SourceWriter writer, AgentModel agent, AgentNames names, Topology topology, RunShape run, Arguments arguments)
{
    private const string CancellationToken = $"{Runtime.CancellationToken} cancellationToken";

    private string Task => $"global::System.Threading.Tasks.ValueTask<{names.ResultArgument}>";

    /// <summary>How the lane reaches a run that carries its state.</summary>
    private string Promoted => (run.RentsAtOnce, run.LaneUsesRunState) switch
    {
        (_, true) => "run",
        (true, false) => "run.With(agent, in state)",
        (false, false) => "Rent(ref t_idle, options, cancellationToken).With(agent, in state)",
    };

    private CallSite Site => run.IsChunked
        ? new CallSite("Agent", "State", "", "Token")
        : new CallSite("agent", "state", "run.", run.RentsAtOnce ? "run.Token" : "cancellationToken");

    public void Emit()
    {
        var parameters = $"({agent.QualifiedName} agent, State.InputValues inputs, {Runtime.RunOptions} options, {CancellationToken})";
        writer.Block($"public static {Task} RunThrough{parameters}", () =>
        {
            writer.Line("// Async-locals that actions set on this thread stay theirs.");
            writer.Line("global::System.Threading.ExecutionContext? context = global::System.Threading.ExecutionContext.Capture();");
            writer.Line($"{Task} task = Begin(agent, inputs, options, cancellationToken);");
            writer.Line("RestoreContext(context);");
            writer.Line("return task;");
        });
        writer.Line();
        writer.Block($"private static {Task} Begin{parameters}", () =>
        {
            if (run.HasLane && !run.LaneUsesRunState)
            {
                // First of all, so that the just-in-time compiler zeroes it once, with the frame.
                writer.Line("State state = default;");
                writer.Line("state.Inputs = inputs;");
                writer.Line("state.Iteration = 1;");
            }

            writer.Line("global::System.ArgumentNullException.ThrowIfNull(options);");
            if (!run.HasLane)
            {
                writer.Line("Run run = Rent(ref t_idle, options, cancellationToken).For(agent, inputs);");
                writer.Line($"return {Runtime.AgentTelemetry}.IsObserved ? run.GoObserved() : run.GoOn(0);");
                return;
            }

            writer.Block($"if ({Runtime.AgentTelemetry}.IsObserved)", () => writer.Line("return Rent(ref t_idle, options, cancellationToken).For(agent, inputs).GoObserved();"));
            writer.Line();
            EmitLane();
        });
        writer.Line();
        for (var chunk = 0; run.HasLane && run.IsChunked && chunk * RunShape.ChunkSize < agent.Actions.Count; chunk++)
        {
            EmitChunk(chunk);
            writer.Line();
        }
    }

    private void EmitLane()
    {
        if (run.RentsAtOnce)
        {
            writer.Line("ref Run? idle = ref t_idle;");
            writer.Line($"Run run = Rent(ref idle, options, cancellationToken){(run.LaneUsesRunState ? ".For(agent, inputs)" : "")};");
        }

        if (run.LaneUsesRunState)
        {
            writer.Line("ref State state = ref run.State;");
        }

        if (run.IsChunked)
        {
            writer.Line($"{Task} task = run.AsTask();");
        }

        writer.Line("int at = 0;");
        writer.Block("try", () =>
        {
            if (agent.Until is null)
            {
                EmitIteration();
            }
            else
            {
                writer.Block("while (true)", () =>
                {
                    EmitIteration();
                    EmitUntil(agent.Until);
                });
            }
        });
        writer.Block("catch (global::System.Exception error)", () => writer.Line($"return {Promoted}.GoOnFailed(at, error);"));
        writer.Line();
        EmitResult();
    }

    private void EmitIteration()
    {
        if (!run.IsChunked)
        {
            for (var place = 0; place < topology.Lane.Length; place++)
            {
                EmitAction(place, $"return {Promoted}.GoOn({place});", "return {0};");
            }

            return;
        }

        var chunks = Enumerable.Range(0, (agent.Actions.Count + RunShape.ChunkSize - 1) / RunShape.ChunkSize).ToList();
        writer.Line($"if (!run.Lane{chunks[0]}(ref at, cancellationToken)");
        writer.Indented(() =>
        {
            foreach (var chunk in chunks.Skip(1))
            {
                writer.Line($"|| !run.Lane{chunk}(ref at, cancellationToken){(chunk == chunks.Count - 1 ? ")" : "")}");
            }
        });
        writer.Block(null, () => writer.Line("return task;"));
        writer.Line();
    }

    private void EmitChunk(int chunk)
    {
        writer.Line("/// <summary>A stretch of the fast lane; false: the scheduler has taken over.</summary>");
        writer.Block($"private bool Lane{chunk}(ref int at, {CancellationToken})", () =>
        {
            var end = System.Math.Min((chunk + 1) * RunShape.ChunkSize, topology.Lane.Length);
            for (var place = chunk * RunShape.ChunkSize; place < end; place++)
            {
                EmitAction(place, $"_ = GoOn({place});\nreturn false;", "_ = {0};\nreturn false;");
            }

            writer.Line("return true;");
        });
    }

    /// <summary>Writes one action of the lane.</summary>
    /// <param name="place">Its place.</param>
    /// <param name="leave">Leaves the lane before it.</param>
    /// <param name="suspend">Leaves the lane with it pending; <c>{0}</c> is the call that goes on.</param>
    private void EmitAction(int place, string leave, string suspend)
    {
        var action = agent.Actions[topology.Lane[place]];
        var site = Site;
        writer.Line($"// {Identifier.Comment(action.Id)}");
        writer.Line($"at = {place};");
        writer.Block("if (cancellationToken.IsCancellationRequested)", () => writer.Line(leave));
        writer.Line();

        var conditions = Presence(action, site).ToList();
        if (action.When is { } when)
        {
            conditions.Add(arguments.Call(site, when, action.Index));
        }

        if (conditions.Count == 0)
        {
            EmitCall(place, action, site, suspend);
            writer.Line();
            return;
        }

        writer.Block($"if ({string.Join(" && ", conditions)})", () => EmitCall(place, action, site, suspend));
        writer.Block("else", () => writer.Line($"{site.State}.Statuses[{action.Index}] = {Runtime.ActionStatus}.Skipped;"));
        writer.Line();
    }

    private void EmitCall(int place, ActionModel action, CallSite site, string suspend)
    {
        var output = action.Output is null ? "" : names.Output(site.State, action.Index) + " = ";
        var isPolicied = run.IsPolicied(action);
        if (action.Mode == ActionMode.FireAndForget)
        {
            writer.Line($"{site.Run}Forget({action.Index}, {site.Run}Execute_{action.Method.Name}());");
            return;
        }

        if (!isPolicied && !RunShape.IsAwaitable(action.Method))
        {
            writer.Line($"{output}{arguments.Call(site, action.Method, action.Index)};");
            return;
        }

        writer.Block(null, () =>
        {
            writer.Line($"{RunEmitter.TaskType(run, action)} task = {(isPolicied ? $"{site.Run}Execute_{action.Method.Name}()" : arguments.Call(site, action.Method, action.Index))};");
            writer.Block("if (!task.IsCompletedSuccessfully)", () =>
            {
                var promoted = run.IsChunked ? "" : Promoted + ".";
                writer.Line(string.Format(System.Globalization.CultureInfo.InvariantCulture, suspend, $"{promoted}Await_{action.Method.Name}(task)"));
            });
            writer.Line();
            writer.Line(action.Output is null ? "task.GetAwaiter().GetResult();" : $"{output}task.Result;");
        });
    }

    private void EmitUntil(MethodModel until)
    {
        writer.Line($"at = {topology.Lane.Length};");
        var site = run.IsChunked ? Site with { Agent = "agent", State = "state", Run = "run.", Token = "run.Token" } : Site;
        writer.Block($"if ({arguments.Call(site, until, -1)})", () => writer.Line("break;"));
        writer.Line();
        writer.Block($"if (state.Iteration == {agent.MaxIterations})", () => writer.Line(agent.ReturnLastOnLimit ? "break;" : $"return {Promoted}.GoOnAtLimit();"));
        writer.Line();
        writer.Line("state.BeginNextIteration();");
    }

    private void EmitResult()
    {
        if (run.UsesServices)
        {
            writer.Block("if (run.HoldsServices)", () => writer.Line($"return {Promoted}.GoOnClosing();"));
            writer.Line();
        }

        if (names.Result is null)
        {
            Leave();
            writer.Line("return default;");
            return;
        }

        if (topology.MayBeAbsent[agent.Result] && !names.Result.IsNullable)
        {
            writer.Block($"if (!HasValue(state.Statuses[{agent.Result}]))", () => writer.Line($"return {Promoted}.GoOn({topology.Lane.Length});"));
            writer.Line();
        }

        writer.Line($"{names.Result.Name} result = {names.Output("state", agent.Result)}{(topology.MayBeAbsent[agent.Result] && !names.Result.IsNullable ? "!" : "")};");
        Leave();
        writer.Line($"return new {Task}(result);");

        void Leave()
        {
            if (run.RentsAtOnce)
            {
                writer.Block("if (run.Leave())", () => writer.Line("run.Recycle(ref idle);"));
                writer.Line();
            }
        }
    }

    /// <summary>The conditions under which everything that an action needs exists, where that is not certain.</summary>
    private IEnumerable<string> Presence(ActionModel action, CallSite site)
    {
        var parameters = DependencyEdges.Methods(action).SelectMany(m => m.Method.Parameters).Where(p => p.Required);
        var needs = parameters
            .Where(p => p.Source is ParameterSource.Output or ParameterSource.Merge && p.Actions.All(a => topology.MayBeAbsent[a]))
            .Select(p => string.Join(" || ", p.Actions.Select(Has)))
            .Select(need => need.Contains("||") ? $"({need})" : need)
            .ToList();
        if (action.ForEach is { } forEach && topology.MayBeAbsent[forEach.Source])
        {
            needs.Add(Has(forEach.Source));
        }

        return needs.Distinct();

        string Has(int source) => $"HasValue({site.State}.Statuses[{source}])";
    }
}
