using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

/// <summary>Brings what a body returns into one form. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ActionTask
{
    /// <summary>A body without a value, as one that gives <see cref="Unit"/>.</summary>
    /// <param name="task">What the body has returned.</param>
    /// <returns>The task.</returns>
    public static ValueTask<Unit> From(ValueTask task)
    {
        if (task.IsCompletedSuccessfully)
        {
            task.GetAwaiter().GetResult();
            return default;
        }

        return AwaitAsync(task);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<Unit> AwaitAsync(ValueTask task)
        {
            await task.ConfigureAwait(false);
            return default;
        }
    }

    /// <summary>A body without a value, as one that gives <see cref="Unit"/>.</summary>
    /// <param name="task">What the body has returned.</param>
    /// <returns>The task.</returns>
    public static ValueTask<Unit> From(Task task) => From(new ValueTask(task));
}
