namespace AgentFlow.Generators.Tests.Generation;

/// <summary>What the compiled random agents look like from here.</summary>
public interface IRandomAgent
{
    Task<string> PlayAsync(CancellationToken ct);
}

/// <summary>
/// What the actions of one run of a random agent do, decided by a seed, and what they were seen doing. Values are hashes of everything
/// that went into them, so that a wrong or missing value anywhere shows in the result.
/// </summary>
public sealed class Script(int seed, int iterations)
{
    private readonly Lock _gate = new();
    private readonly List<(int Iteration, int Action, bool IsStart)> _seen = [];
    private int _iteration = 1;

    public IReadOnlyList<(int Iteration, int Action, bool IsStart)> Seen => _seen;

    public static int Value(int iteration, int action, int?[] arguments) => HashOf(iteration, action, arguments);

    public static string Show(int?[] values) => string.Join(",", values.Select(static v => v?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"));

    public bool Wants(int action) => Draw(_iteration, action, 1) % 3 != 0;

    public bool WantsIn(int iteration, int action) => Draw(iteration, action, 1) % 3 != 0;

    public bool FailsIn(int iteration, int action) => seed % 2 == 1 && Draw(iteration, action, 2) % 8 == 0;

    public int Run(int action, int?[] arguments)
    {
        Record(action, isStart: true);
        var iteration = _iteration;
        try
        {
            return FailsIn(iteration, action) ? throw new ScriptedException(action) : Value(iteration, action, arguments);
        }
        finally
        {
            Record(action, isStart: false);
        }
    }

    public Task<int> RunAsync(int action, int?[] arguments)
    {
        return (Draw(_iteration, action, 3) % 4) switch
        {
            0 => Task.FromResult(Run(action, arguments)),
            1 => ThrowInside(),
            _ => Pending(),
        };

        async Task<int> ThrowInside() => Run(action, arguments);

        async Task<int> Pending()
        {
            Record(action, isStart: true);
            var iteration = _iteration;
            for (var i = (uint)Draw(iteration, action, 4) % 3; i < 3; i++)
            {
                await Task.Yield();
            }

            Record(action, isStart: false);
            return FailsIn(iteration, action) ? throw new ScriptedException(action) : Value(iteration, action, arguments);
        }
    }

    public string Finish(int?[] values) => $"{_iteration}:{Show(values)}";

    public bool IsDone() => _iteration++ >= iterations;

    private static int HashOf(int iteration, int action, int?[] arguments)
    {
        var hash = (iteration * 31) + action;
        foreach (var argument in arguments)
        {
            hash = unchecked((hash * 16777619) ^ (argument ?? -7));
        }

        return hash;
    }

    private void Record(int action, bool isStart)
    {
        lock (_gate)
        {
            _seen.Add((_iteration, action, isStart));
        }
    }

    private uint Draw(int iteration, int action, int purpose)
    {
        var hash = unchecked((uint)((seed * 73856093) ^ (iteration * 19349663) ^ (action * 83492791) ^ (purpose * 2654435)));
        hash ^= hash >> 15;
        hash *= 2246822519;
        hash ^= hash >> 13;
        return hash;
    }
}

public sealed class ScriptedException(int action) : Exception($"scripted failure of {action}");
