using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>How the parts of one agent are called in its generated code.</summary>
internal sealed class AgentNames
{
    private const string Inputs = "InputValues";
    private const string Outputs = "OutputValues";

    private readonly AgentModel _agent;

    public AgentNames(AgentModel agent)
    {
        _agent = agent;
        Options = Identifier.Unique("options", IsInput);
        Token = Identifier.Unique("cancellationToken", IsInput);
        Result = agent.Result < 0 || agent.Actions[agent.Result].Output is not { } output ? null : output;
    }

    /// <summary>The parameter for the run's options.</summary>
    public string Options { get; }

    /// <summary>The parameter for the caller's token.</summary>
    public string Token { get; }

    /// <summary>The type of the run's result, or null.</summary>
    public TypeRef? Result { get; }

    /// <summary>The type argument that stands for the result.</summary>
    public string ResultArgument => Result is null ? "global::AgentFlow.Unit" : ResultType!;

    /// <summary>The result's type as written; nullable where the result action may be skipped and says so.</summary>
    public string? ResultType => Result?.Name;

    public string TaskType => Result is null ? "global::System.Threading.Tasks.ValueTask" : $"global::System.Threading.Tasks.ValueTask<{ResultType}>";

    /// <summary>The type argument that stands for the inputs.</summary>
    public string InputArgument => _agent.Inputs.Count switch
    {
        0 => "global::AgentFlow.Unit",
        1 => _agent.Inputs[0].Type.Name,
        _ => $"({string.Join(", ", _agent.Inputs.Select(i => $"{i.Type.Name} {Identifier.Escape(i.Name)}"))})",
    };

    /// <summary>The same, where the inputs may be left out.</summary>
    public string OptionalInputArgument =>
        _agent.Inputs.Count == 1 && _agent.Inputs[0].Type is { IsValueType: false, IsNullable: false } ? InputArgument + "?" : InputArgument;

    /// <summary>The modifier of members that hide those of a base class that is an agent too.</summary>
    public string New => _agent.HidesBaseAgent ? "new " : "";

    /// <summary>How far the state can be seen: as far as everything in it.</summary>
    public Visibility StateVisibility =>
        _agent.Inputs.Select(i => i.Type.Visibility)
            .Concat(_agent.Actions.Where(a => a.Output is not null).Select(a => a.Output!.Visibility))
            .Append(Visibility.Public)
            .Min();

    public static string Keyword(Visibility visibility) => visibility switch
    {
        Visibility.Public => "public",
        Visibility.Internal => "internal",
        _ => "private",
    };

    /// <summary>An input in a state: <c>state.Inputs.topic</c>.</summary>
    public string Input(string state, int input) => $"{state}.Inputs.{InputField(input)}";

    /// <summary>An output in a state: <c>state.Outputs.FetchWiki</c>.</summary>
    public string Output(string state, int action) => $"{state}.Outputs.{OutputField(action)}";

    public string InputField(int input) => Identifier.Member(_agent.Inputs[input].Name, Inputs);

    public string OutputField(int action) => Identifier.Member(_agent.Actions[action].Method.Name, Outputs);

    /// <summary>The parameters of the run, defaults included where they may be: after the last one without.</summary>
    public IEnumerable<string> Parameters(bool withDefaults)
    {
        var last = -1;
        for (var i = 0; i < _agent.Inputs.Count; i++)
        {
            last = _agent.Inputs[i].Default is null ? i : last;
        }

        for (var i = 0; i < _agent.Inputs.Count; i++)
        {
            var input = _agent.Inputs[i];
            yield return $"{input.Type.Name} {Identifier.Escape(input.Name)}{(withDefaults && i > last ? " = " + input.Default : "")}";
        }
    }

    /// <summary>The run's parameters as a value of the generated struct.</summary>
    public string InputInitializer(System.Func<int, string> value) => _agent.Inputs.IsEmpty
        ? "default"
        : $"new State.InputValues {{ {string.Join(", ", _agent.Inputs.Select((_, i) => $"{InputField(i)} = {value(i)}"))} }}";

    private bool IsInput(string name) => _agent.Inputs.Any(i => i.Name == name);
}
