using System.Runtime.CompilerServices;

namespace AgentFlow.Benchmarks.Shapes;

/// <summary>The body of every action of every shape.</summary>
internal static class ShapeBody
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ValueTask<int> Run(bool yields, int value) => yields ? YieldAsync(value) : new(value);

    private static async ValueTask<int> YieldAsync(int value)
    {
        await Task.Yield();
        return value;
    }
}
