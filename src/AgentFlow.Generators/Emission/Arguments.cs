using System;
using System.Linq;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing;

namespace AgentFlow.Generators.Emission;

/// <summary>Where generated code stands when it calls a method of the agent: how it reaches the agent, the state and the run.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="State">The state.</param>
/// <param name="Run">The prefix of the run's members: empty inside the run, else <c>run.</c></param>
/// <param name="Token">The token that bodies get.</param>
/// <param name="Context">The context; null: the run's, of the first attempt.</param>
/// <param name="Own">The action's own output, in postconditions and compensations.</param>
internal sealed record CallSite(string Agent, string State, string Run, string Token, string? Context = null, string? Own = null)
{
    /// <summary>Replaces the expression of a parameter that was captured beforehand.</summary>
    public Func<ParameterModel, string?>? Captured { get; init; }
}

/// <summary>Writes calls of the agent's methods: every bound parameter becomes an expression.</summary>
internal sealed class Arguments(AgentModel agent, AgentNames names, Func<ParameterModel, int> groupOf, bool[] mayBeAbsent)
{
    private const string HasValue = "HasValue";

    /// <summary>A call of a method on behalf of an action.</summary>
    public string Call(CallSite site, MethodModel method, int action)
    {
        var target = method.IsStatic ? agent.QualifiedName : site.Agent;
        return $"{target}.{Identifier.Escape(method.Name)}({string.Join(", ", method.Parameters.Select(p => Typed(method, p, site.Captured?.Invoke(p) ?? Argument(site, p, action))))})";
    }

    /// <summary>Of several overloads the one that is meant takes exactly these types.</summary>
    private static string Typed(MethodModel method, ParameterModel parameter, string value) => method.IsOverloaded ? $"({parameter.Type.Name})({value})" : value;

    /// <summary>The value of one parameter.</summary>
    public string Argument(CallSite site, ParameterModel parameter, int action) => parameter.Source switch
    {
        ParameterSource.Input => names.Input(site.State, parameter.Input),
        ParameterSource.Output => Output(site, parameter),
        ParameterSource.Merge => Merge(site, parameter),
        ParameterSource.Race => Race(site, parameter),
        ParameterSource.Previous => Previous(site, parameter),
        ParameterSource.Item => "_item",
        ParameterSource.Service => Service(site, parameter, action),
        ParameterSource.CancellationToken => site.Token,
        ParameterSource.Context => site.Context ?? $"{site.Run}Context({action})",
        ParameterSource.Failure => "failure",
        ParameterSource.Own => site.Own ?? "default",
        _ => "default",
    };

    private static string Absent(ParameterModel parameter) => !Literals.IsNothing(parameter.Default)
        ? parameter.Default!
        : $"default({parameter.Type.Name})!";

    private string Output(CallSite site, ParameterModel parameter)
    {
        var source = parameter.Actions[0];
        var value = Existing(site, source);
        if (parameter.Required || !mayBeAbsent[source])
        {
            return value;
        }

        // The output of an action that did not run is null by itself.
        return agent.Actions[source].Output!.IsValueType || !Literals.IsNothing(parameter.Default)
            ? $"{Has(site.State + ".Statuses", source)} ? {value} : {Absent(parameter)}"
            : value;
    }

    private string Merge(CallSite site, ParameterModel parameter)
    {
        var expression = Absent(parameter);
        foreach (var source in parameter.Actions.Reverse())
        {
            expression = $"{Has(site.State + ".Statuses", source)} ? ({parameter.Type.Name}){Existing(site, source)} : {expression}";
        }

        return expression;
    }

    private string Race(CallSite site, ParameterModel parameter)
    {
        var arms = parameter.Actions.Select(source => $"{source} => ({parameter.Type.Name}){Existing(site, source)}");
        return $"{site.Run}WinnerOf({groupOf(parameter)}) switch {{ {string.Join(", ", arms)}, _ => {Absent(parameter)} }}";
    }

    private string Previous(CallSite site, ParameterModel parameter)
    {
        var source = parameter.Actions[0];
        var value = $"{site.State}.Previous.{names.OutputField(source)}";
        return agent.Actions[source].Output!.IsValueType || !Literals.IsNothing(parameter.Default)
            ? $"{site.State}.Iteration > 1 && {Has(site.State + ".PreviousStatuses", source)} ? {value} : {Absent(parameter)}"
            : value;
    }

    private static string Service(CallSite site, ParameterModel parameter, int action)
    {
        var type = parameter.Type.Name.TrimEnd('?');
        if (parameter.ServiceKey is { } key)
        {
            var method = parameter.Required ? "GetRequiredKeyedService" : "GetKeyedService";
            return $"global::Microsoft.Extensions.DependencyInjection.ServiceProviderKeyedServiceExtensions.{method}<{type}>({site.Run}Services({action}, \"{parameter.Name}\"), {Identifier.Literal(key)})";
        }

        return parameter.Required ? $"{site.Run}Service<{type}>({action}, \"{parameter.Name}\")" : $"{site.Run}ServiceOrDefault<{type}>()";
    }

    /// <summary>An output where it is known to exist, or may be null: the compiler's flow analysis sees only that it might not have been assigned.</summary>
    private string Existing(CallSite site, int source) =>
        names.Output(site.State, source) + (mayBeAbsent[source] && !agent.Actions[source].Output!.IsValueType ? "!" : "");

    private static string Has(string statuses, int action) => $"{HasValue}({statuses}[{action}])";
}
