using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>Collects what an action streams. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class AsyncSequence
{
    /// <summary>Collects a sequence, telling each element as an event when somebody reads.</summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="sequence">The sequence.</param>
    /// <param name="context">The context of the attempt that makes it.</param>
    /// <param name="cancellationToken">The attempt's token.</param>
    /// <returns>The elements.</returns>
    public static async ValueTask<T[]> CollectAsync<T>(IAsyncEnumerable<T> sequence, ActionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        var elements = new List<T>();
        await foreach (var element in sequence.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            elements.Add(element);
            if (context.IsObserved)
            {
                await context.EmitOutputAsync(element).ConfigureAwait(false);
            }

            context.Heartbeat();
        }

        return [.. elements];
    }
}
