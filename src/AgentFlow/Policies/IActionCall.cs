using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>One call of an action, its arguments bound: what the policies wrap. For generated code.</summary>
/// <typeparam name="TResult">The value, or <see cref="Unit"/>.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IActionCall<TResult>
{
    /// <summary>Whether a method stands in when the action has finally failed.</summary>
    bool HasFallback { get; }

    /// <summary>Checks the preconditions.</summary>
    /// <exception cref="ConditionViolatedException">One does not hold.</exception>
    void Require();

    /// <summary>Calls the body.</summary>
    /// <param name="context">What surrounds the attempt.</param>
    /// <param name="cancellationToken">The attempt's token.</param>
    /// <returns>The value.</returns>
    ValueTask<TResult> InvokeAsync(ActionContext context, CancellationToken cancellationToken);

    /// <summary>Checks the postconditions.</summary>
    /// <param name="value">What the body gave.</param>
    /// <exception cref="ConditionViolatedException">One does not hold.</exception>
    void Ensure(TResult value);

    /// <summary>Calls the method that stands in.</summary>
    /// <param name="failure">What the action failed with.</param>
    /// <param name="context">What surrounds the call.</param>
    /// <param name="cancellationToken">The run's token.</param>
    /// <returns>The value.</returns>
    ValueTask<TResult> FallBackAsync(Exception failure, ActionContext context, CancellationToken cancellationToken);

    /// <summary>Finds a cached value.</summary>
    /// <param name="clock">The run's clock.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether there is one.</returns>
    bool TryGetCached(TimeProvider clock, out TResult value);

    /// <summary>Caches the value, if the action caches.</summary>
    /// <param name="clock">The run's clock.</param>
    /// <param name="value">The value.</param>
    void Cache(TimeProvider clock, TResult value);
}
