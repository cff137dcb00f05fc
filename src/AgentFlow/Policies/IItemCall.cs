using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>A call of an action for each element of a sequence. For generated code.</summary>
/// <typeparam name="TSelf">The call.</typeparam>
/// <typeparam name="TItem">The element.</typeparam>
/// <typeparam name="TResult">The value for one element, or <see cref="Unit"/>.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IItemCall<TSelf, TItem, TResult> : IActionCall<TResult>
    where TSelf : struct, IItemCall<TSelf, TItem, TResult>
{
    /// <summary>The call for one element.</summary>
    /// <param name="item">The element.</param>
    /// <returns>The call.</returns>
    TSelf ForItem(TItem item);

    /// <summary>Whether a value ends the sequence.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Whether no more are wanted.</returns>
    bool IsLast(TResult value);
}
