using System;
using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes the agent's run: the fast lane, and what the scheduler calls.</summary>
internal sealed class RunEmitter
{
    private const string AggressiveInlining = "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]";
    private const string NoInlining = "[global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]";
    private const string ValueTask = "global::System.Threading.Tasks.ValueTask";

    private readonly SourceWriter _writer;
    private readonly AgentModel _agent;
    private readonly AgentNames _names;
    private readonly Topology _topology;
    private readonly RunShape _run;
    private readonly Arguments _arguments;
    private readonly CallSite _site = new("Agent", "State", "", "Token");

    public RunEmitter(SourceWriter writer, AgentModel agent, AgentNames names, Topology topology, RunShape run)
    {
        _writer = writer;
        _agent = agent;
        _names = names;
        _topology = topology;
        _run = run;
        _arguments = new Arguments(agent, names, topology.GroupOf, topology.MayBeAbsent);
    }

    public void Emit()
    {
        _writer.Line("/// <summary>One run of the agent.</summary>");
        _writer.Line(AgentEmitter.GeneratedCode);
        _writer.Block($"public sealed {(_agent.Durable is null ? "" : "partial ")}class Run : {Runtime.AgentRun}<{_names.ResultArgument}>", () =>
        {
            GraphEmitter.Emit(_writer, _agent, _names, _topology, _run);
            EmitPool();
            EmitFields();
            new LaneEmitter(_writer, _agent, _names, _topology, _run, _arguments).Emit();
            EmitEntrances();
            EmitExits();
            EmitConditions();
            EmitStart();
            EmitComplete();
            EmitUntil();
            EmitUndo();
            EmitOutputs();
            var calls = new CallEmitter(_writer, _names, _run, _arguments);
            foreach (var action in _agent.Actions.Where(_run.IsPolicied))
            {
                calls.Emit(action);
            }

            EmitRecycling();
        });
    }

    private void EmitPool()
    {
        _writer.Line($"private static readonly {Runtime.RunPool}<Run> Pool = new();");
        _writer.Line();
        _writer.Line("[global::System.ThreadStatic]");
        _writer.Line("private static Run? t_idle;");
        _writer.Line();
    }

    private void EmitFields()
    {
        _writer.Line($"public {_agent.QualifiedName} Agent = null!;");
        _writer.Line("public State State;");
        foreach (var action in _agent.Actions.Where(CanBePending))
        {
            _writer.Line($"private {AwaiterType(action)} {Identifier.Field(action.Method.Name)};");
        }

        _writer.Line();
        _writer.Block("private Run() : base(Plan)", () => { });
        _writer.Line();
        _writer.Line($"protected override global::System.Span<{Runtime.ActionStatus}> Statuses => State.Statuses;");
        _writer.Line();
        _writer.Line("protected override int Iteration => State.Iteration;");
        _writer.Line();
    }

    private void EmitEntrances()
    {
        var inputs = $"({_agent.QualifiedName} agent, State.InputValues inputs, {Runtime.RunOptions} options, {Runtime.CancellationToken} cancellationToken)";
        _writer.Line($"public static global::System.Collections.Generic.IAsyncEnumerable<{Runtime.AgentEvent}> Stream{inputs} =>");
        _writer.Line("    ReadAsync((agent, inputs), options, static (call, options, cancellationToken) => Rent(ref t_idle, options, cancellationToken).For(call.agent, call.inputs), cancellationToken);");
        _writer.Line();
        if (_names.Result is null)
        {
            _writer.Line($"public static {ValueTask} WithoutResult({ValueTask}<{_names.ResultArgument}> task) => WithoutValue(task);");
            _writer.Line();
        }

        _writer.Line("/// <summary>Takes the idle run of this thread, or else one of the pool's or a new one.</summary>");
        _writer.Line(AggressiveInlining);
        _writer.Block($"private static Run Rent(ref Run? idle, {Runtime.RunOptions} options, {Runtime.CancellationToken} cancellationToken)", () =>
        {
            _writer.Line("Run run = idle ?? Pool.Rent() ?? new Run();");
            _writer.Line("idle = null;");
            _writer.Line("run.Begin(options, cancellationToken);");
            _writer.Line("return run;");
        });
        _writer.Line();
        _writer.Line("/// <summary>Prepares the run to begin at the beginning.</summary>");
        _writer.Block($"private Run For({_agent.QualifiedName} agent, State.InputValues inputs)", () =>
        {
            _writer.Line("Agent = agent;");
            _writer.Line("State.Inputs = inputs;");
            _writer.Line("State.Iteration = 1;");
            _writer.Line("return this;");
        });
        _writer.Line();
        if (_run.HasLane && !_run.LaneUsesRunState)
        {
            _writer.Line("/// <summary>Takes over what the fast lane has done so far.</summary>");
            _writer.Line(NoInlining);
            _writer.Block($"private Run With({_agent.QualifiedName} agent, in State state)", () =>
            {
                _writer.Line("Agent = agent;");
                _writer.Line("State = state;");
                _writer.Line("return this;");
            });
            _writer.Line();
        }
    }

    /// <summary>The ways out of the fast lane with an action pending. Apart from the lane, whose frame stays small.</summary>
    private void EmitExits()
    {
        if (!_run.HasLane)
        {
            return;
        }

        for (var place = 0; place < _topology.Lane.Length; place++)
        {
            var action = _agent.Actions[_topology.Lane[place]];
            if (!CanBePending(action))
            {
                continue;
            }

            var field = Identifier.Field(action.Method.Name);
            _writer.Line(NoInlining);
            _writer.Block($"private {ValueTask}<{_names.ResultArgument}> Await_{action.Method.Name}({TaskType(action)} task)", () =>
            {
                _writer.Line($"{AwaiterType(action)} awaiter = task.ConfigureAwait(false).GetAwaiter();");
                _writer.Line($"{field} = awaiter;");
                _writer.Line($"return awaiter.IsCompleted ? GoOnEnded({place}) : GoOn({place}, awaiter);");
            });
            _writer.Line();
        }
    }

    private void EmitConditions()
    {
        var conditional = _agent.Actions.Where(a => a.When is not null).ToList();
        if (conditional.Count == 0)
        {
            return;
        }

        _writer.Block("protected override bool IsWanted(int action) => action switch", () =>
        {
            foreach (var action in conditional)
            {
                _writer.Line($"{action.Index} => {_arguments.Call(_site, action.When!, action.Index)},");
            }

            _writer.Line("_ => true,");
        }, "};");
        _writer.Line();
    }

    private void EmitStart()
    {
        EmitSwitch(
            $"protected override {Runtime.StepResult} Start(int action)",
            $"private {Runtime.StepResult} Start{{0}}(int action)",
            $"{Runtime.StepResult}",
            _agent.Actions,
            action =>
            {
                if (Starts(action))
                {
                    _writer.Line($"return Start_{action.Method.Name}();");
                    return;
                }

                if (action.Signal is not null)
                {
                    _writer.Line($"throw Unanswered({action.Index});");
                    return;
                }

                _writer.Line(action.Mode == ActionMode.FireAndForget
                    ? $"Forget({action.Index}, Execute_{action.Method.Name}());"
                    : $"{Assigned(action)}{_arguments.Call(_site, action.Method, action.Index)};");
                _writer.Line($"return {Runtime.StepResult}.Completed;");
            });
        foreach (var action in _agent.Actions.Where(Starts))
        {
            EmitStart(action);
        }
    }

    /// <summary>Whether starting the action can leave it pending. A signal without policies has no body to start.</summary>
    private bool Starts(ActionModel action) => CanBePending(action) && (action.Signal is null || _run.IsPolicied(action));

    /// <summary>Writes the start of one action. Apart from the others, so that its frame stays small.</summary>
    private void EmitStart(ActionModel action)
    {
        _writer.Line(NoInlining);
        _writer.Block($"private {Runtime.StepResult} Start_{action.Method.Name}()", () =>
        {
            _writer.Line($"{TaskType(action)} task = {(_run.IsPolicied(action) ? $"Execute_{action.Method.Name}()" : _arguments.Call(_site, action.Method, action.Index))};");
            _writer.Block("if (!task.IsCompleted)", () =>
            {
                _writer.Line($"{AwaiterType(action)} awaiter = task.ConfigureAwait(false).GetAwaiter();");
                _writer.Line($"{Identifier.Field(action.Method.Name)} = awaiter;");
                _writer.Line($"awaiter.UnsafeOnCompleted(Continuation({action.Index}));");
                _writer.Line($"return {Runtime.StepResult}.Pending;");
            });
            _writer.Line();
            _writer.Line($"{Assigned(action)}task.GetAwaiter().GetResult();");
            _writer.Line($"return {Runtime.StepResult}.Completed;");
        });
        _writer.Line();
    }

    private void EmitComplete() => EmitSwitch(
        "protected override void Complete(int action)",
        "private void Complete{0}(int action)",
        "void",
        _agent.Actions.Where(CanBePending),
        action =>
        {
            var field = Identifier.Field(action.Method.Name);
            _writer.Line($"{AwaiterType(action)} awaiter = {field};");
            _writer.Line($"{field} = default;");
            _writer.Line($"{Assigned(action)}awaiter.GetResult();");
            _writer.Line("break;");
        });

    private void EmitUntil()
    {
        if (_agent.Until is not { } until)
        {
            return;
        }

        _writer.Line($"protected override bool IsDone() => {_arguments.Call(_site, until, -1)};");
        _writer.Line();
        _writer.Line("protected override void BeginNextIteration() => State.BeginNextIteration();");
        _writer.Line();
    }

    private void EmitUndo()
    {
        var compensated = _agent.Actions.Where(a => a.Compensate is not null).ToList();
        if (compensated.Count == 0)
        {
            return;
        }

        _writer.Block($"protected override {ValueTask} Undo(int action)", () =>
        {
            _writer.Block("switch (action)", () =>
            {
                foreach (var action in compensated)
                {
                    var site = _site with { Token = $"{Runtime.CancellationToken}.None", Own = action.Output is null ? null : _names.Output("State", action.Index) };
                    var call = _arguments.Call(site, action.Compensate!, action.Index);
                    _writer.Line($"case {action.Index}: // {Identifier.Comment(action.Id)}");
                    _writer.Indented(() =>
                    {
                        switch (action.Compensate!.Returns)
                        {
                            case ReturnKind.ValueTask:
                                _writer.Line($"return {call};");
                                break;
                            case ReturnKind.Task or ReturnKind.TaskOfValue:
                                _writer.Line($"return new {ValueTask}({call});");
                                break;
                            case ReturnKind.ValueTaskOfValue:
                                _writer.Line($"return new {ValueTask}({call}.AsTask());");
                                break;
                            default:
                                _writer.Line($"{call};");
                                _writer.Line("return default;");
                                break;
                        }
                    });
                }

                _writer.Line("default:");
                _writer.Line("    return default;");
            });
        });
        _writer.Line();
        EmitElements(compensated);
    }

    /// <summary>Writes what gives a compensation the elements that have completed of a for-each that has not.</summary>
    private void EmitElements(List<ActionModel> compensated)
    {
        var loops = compensated.FindAll(a => a.ForEach is not null && a.Output is not null);
        if (loops.Count == 0)
        {
            return;
        }

        _writer.Block("protected override void SetElements(int action, global::System.Array? values)", () => _writer.Block("switch (action)", () =>
        {
            foreach (var action in loops)
            {
                _writer.Line($"case {action.Index}: // {Identifier.Comment(action.Id)}");
                _writer.Line($"    {_names.Output("State", action.Index)} = ({action.Output!.Name})values!;");
                _writer.Line("    break;");
            }
        }));
        _writer.Line();
    }

    private void EmitOutputs()
    {
        var made = _agent.Actions.Where(a => a.Output is not null).ToList();
        _writer.Block("protected override object? GetOutput(int action) => action switch", () =>
        {
            foreach (var action in made)
            {
                // Without the cast the arms agree on one type, and an int comes out as a long.
                _writer.Line($"{action.Index} => (object?){_names.Output("State", action.Index)},");
            }

            _writer.Line("_ => null,");
        }, "};");
        _writer.Line();
        _writer.Line($"protected override {_names.ResultArgument} GetResult() => {(_names.Result is null ? "default" : _names.Output("State", _agent.Result))};");
        _writer.Line();
        _writer.Line("protected override object GetState() => State;");
        _writer.Line();
        _writer.Line("protected override void SetState(object state) => State = (State)state;");
        _writer.Line();
    }

    private void EmitRecycling()
    {
        _writer.Line("protected override void Recycle() => Recycle(ref t_idle);");
        _writer.Line();
        _writer.Line("/// <summary>Gives the run back, empty: to this thread if it has none, else to the pool.</summary>");
        _writer.Line(AggressiveInlining);
        _writer.Block("private void Recycle(ref Run? idle)", () =>
        {
            _writer.Block("if (Agent is not null)", () =>
            {
                _writer.Line("Agent = null!;");
                _writer.Line("State = default;");
            });
            _writer.Line();
            _writer.Block("if (idle is null)", () => _writer.Line("idle = this;"));
            _writer.Block("else", () => _writer.Line("Pool.Return(this);"));
        });
    }

    /// <summary>Writes a method that switches over actions, split when there are many.</summary>
    private void EmitSwitch(string signature, string partSignature, string type, IEnumerable<ActionModel> actions, Action<ActionModel> body)
    {
        var chunks = actions.GroupBy(a => a.Index / RunShape.ChunkSize).ToList();
        if (!_run.IsChunked)
        {
            Method(signature, chunks.SelectMany(c => c).ToList());
            return;
        }

        _writer.Block(signature, () =>
        {
            _writer.Block($"switch (action / {RunShape.ChunkSize})", () =>
            {
                foreach (var chunk in chunks)
                {
                    var name = partSignature.Substring(partSignature.IndexOf(type, StringComparison.Ordinal) + type.Length + 1).Replace("{0}(int action)", chunk.Key + "(action)");
                    _writer.Line($"case {chunk.Key}:");
                    _writer.Line(type == "void" ? $"    {name};\n    break;" : $"    return {name};");
                }

                _writer.Line("default:");
                _writer.Line("    throw new global::System.ArgumentOutOfRangeException(\"action\");");
            });
        });
        _writer.Line();
        foreach (var chunk in chunks)
        {
            Method(partSignature.Replace("{0}", chunk.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)), chunk.ToList());
        }

        void Method(string header, List<ActionModel> members)
        {
            _writer.Block(header, () => _writer.Block("switch (action)", () =>
            {
                foreach (var action in members)
                {
                    _writer.Line($"case {action.Index}: // {Identifier.Comment(action.Id)}");
                    _writer.Block(null, () => body(action));
                    _writer.Line();
                }

                _writer.Line("default:");
                _writer.Line("    throw new global::System.ArgumentOutOfRangeException(\"action\");");
            }));
            _writer.Line();
        }
    }

    /// <summary>Where an action's output goes in the run's state; nowhere if it has none.</summary>
    private string Assigned(ActionModel action) => action.Output is null ? "" : _names.Output("State", action.Index) + " = ";

    private bool CanBePending(ActionModel action) =>
        action.Mode != ActionMode.FireAndForget && (_run.IsPolicied(action) || RunShape.IsAwaitable(action.Method));

    private string TaskType(ActionModel action) => TaskType(_run, action);

    /// <summary>What the call of an action returns.</summary>
    internal static string TaskType(RunShape run, ActionModel action)
    {
        if (run.IsPolicied(action))
        {
            return $"{ValueTask}<{CallEmitter.ResultType(action)}>";
        }

        return action.Method.Returns switch
        {
            ReturnKind.Task => "global::System.Threading.Tasks.Task",
            ReturnKind.ValueTask => ValueTask,
            ReturnKind.TaskOfValue => $"global::System.Threading.Tasks.Task<{action.Method.Value!.Name}>",
            _ => $"{ValueTask}<{action.Method.Value!.Name}>",
        };
    }

    private string AwaiterType(ActionModel action)
    {
        const string Services = "global::System.Runtime.CompilerServices";
        if (_run.IsPolicied(action))
        {
            return $"{Services}.ConfiguredValueTaskAwaitable<{CallEmitter.ResultType(action)}>.ConfiguredValueTaskAwaiter";
        }

        return action.Method.Returns switch
        {
            ReturnKind.Task => $"{Services}.ConfiguredTaskAwaitable.ConfiguredTaskAwaiter",
            ReturnKind.ValueTask => $"{Services}.ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter",
            ReturnKind.TaskOfValue => $"{Services}.ConfiguredTaskAwaitable<{action.Method.Value!.Name}>.ConfiguredTaskAwaiter",
            _ => $"{Services}.ConfiguredValueTaskAwaitable<{action.Method.Value!.Name}>.ConfiguredValueTaskAwaiter",
        };
    }
}
