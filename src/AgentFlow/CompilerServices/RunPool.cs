using System.ComponentModel;

namespace AgentFlow.CompilerServices;

/// <summary>
/// The idle runs of one agent that no thread keeps for itself. Each thread keeps one (a thread-static field of the generated class), so
/// this is reached only when runs overlap or move between threads. For generated code.
/// </summary>
/// <typeparam name="TRun">The agent's run.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RunPool<TRun>
    where TRun : AgentRun
{
    /// <summary>More than these are left to the garbage collector.</summary>
    private const int Capacity = 4096;

    private readonly Lock _gate = new();
    private TRun[] _idle = new TRun[16];
    private int _count;

    /// <summary>Takes an idle run.</summary>
    /// <returns>The run, or <see langword="null"/> if there is none.</returns>
    public TRun? Rent()
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                return null;
            }

            var run = _idle[--_count];
            _idle[_count] = null!;
            return run;
        }
    }

    /// <summary>Keeps an idle run.</summary>
    /// <param name="run">A run of which nothing is alive any more.</param>
    public void Return(TRun run)
    {
        lock (_gate)
        {
            if (_count == Capacity)
            {
                return;
            }

            if (_count == _idle.Length)
            {
                Array.Resize(ref _idle, _count * 2);
            }

            _idle[_count++] = run;
        }
    }
}
