namespace AgentFlow.Generators.Model;

/// <summary>Where a parameter's value comes from.</summary>
internal enum ParameterSource
{
    /// <summary>Nothing supplies it; an error was reported.</summary>
    Unbound,

    /// <summary>An argument of the run (<see cref="ParameterModel.Input"/>).</summary>
    Input,

    /// <summary>The output of one action (<see cref="ParameterModel.Actions"/> holds one).</summary>
    Output,

    /// <summary>The first of several actions, in order, that was not skipped.</summary>
    Merge,

    /// <summary>The first of several actions to complete.</summary>
    Race,

    /// <summary>The output of one action in the previous iteration.</summary>
    Previous,

    /// <summary>The element at hand of a for-each.</summary>
    Item,

    /// <summary>A service of the run's provider.</summary>
    Service,

    /// <summary>The run's, or the attempt's, cancellation token.</summary>
    CancellationToken,

    /// <summary>The <c>ActionContext</c>.</summary>
    Context,

    /// <summary>The exception that a fallback stands in for.</summary>
    Failure,

    /// <summary>The own output of the action that a postcondition, compensation or for-each predicate belongs to.</summary>
    Own,
}
