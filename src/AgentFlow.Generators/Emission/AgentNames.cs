using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>How the parts of one agent are called in its generated code.</summary>
internal sealed class AgentNames
{
    /// <summary>Names of a tuple's elements that C# keeps for itself.</summary>
    private static readonly HashSet<string> OfTuples = ["Rest", "CompareTo", "Deconstruct", "Equals", "GetHashCode", "ToString"];

    private readonly AgentModel _agent;
    private readonly string[] _inputFields;
    private readonly string[] _outputFields;

    public AgentNames(AgentModel agent)
    {
        _agent = agent;
        Options = Identifier.Unique("options", IsInput);
        Token = Identifier.Unique("cancellationToken", IsInput);
        _inputFields = Fields(agent.Inputs.Select(static input => input.Name), "InputValues");
        _outputFields = Fields(agent.Actions.Select(static action => action.Method.Name), "OutputValues");
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
        _ => $"({string.Join(", ", _agent.Inputs.Select(static (input, i) => $"{input.Type.Name}{Element(input.Name, i)}"))})",
    };

    /// <summary>The same, where the inputs may be left out.</summary>
    public string OptionalInputArgument =>
        _agent.Inputs.Count == 1 && _agent.Inputs[0].Type is { IsValueType: false, IsNullable: false } ? InputArgument + "?" : InputArgument;

    /// <summary>Whether the interface's members have no explicit implementation, whose name would be longer than metadata allows.</summary>
    public bool IsLong => InterfaceLength.IsLong(_agent, this);

    /// <summary>The modifier of members that hide those of a base class that is an agent too.</summary>
    public string New => _agent.HidesBaseAgent ? "new " : "";

    /// <summary>The class that holds the state and the run, in full: within a method with parameters of the user's naming nothing less is safe.</summary>
    public string Held => $"{_agent.QualifiedName}.{ReservedNames.Agent}";

    /// <summary>The agent's run, in full.</summary>
    public string Run => Held + ".Run";

    /// <summary>How far the keys of the signals can be seen: as far as everything that is passed on.</summary>
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

    public string InputField(int input) => _inputFields[input];

    public string OutputField(int action) => _outputFields[action];

    /// <summary>An element of the inputs' tuple. Not every input's name may be an element's.</summary>
    public static string InputElement(string tuple, int input) => $"{tuple}.Item{(input + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}";

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
        : $"new {Held}.State.InputValues {{ {string.Join(", ", _agent.Inputs.Select((_, i) => $"{InputField(i)} = {value(i)}"))} }}";

    private static string Element(string name, int place)
    {
        var isKept = OfTuples.Contains(name)
            || (name.StartsWith("Item", System.StringComparison.Ordinal) && int.TryParse(name.Substring(4), out var number) && number != place + 1);
        return isKept ? "" : " " + Identifier.Escape(name);
    }

    /// <summary>The fields of a struct: none is called like the struct, or hides what every struct has.</summary>
    private static string[] Fields(IEnumerable<string> names, string type)
    {
        var all = names.ToList();
        var taken = new HashSet<string>(all) { type };
        var seen = new HashSet<string>();
        return [.. all.Select(name => seen.Add(name) && name != type && !Identifier.IsOfObject(name)
            ? Identifier.Escape(name)
            : Identifier.Unique(name + "_", candidate => !taken.Add(candidate)))];
    }

    private bool IsInput(string name) => _agent.Inputs.Any(i => i.Name == name);
}
