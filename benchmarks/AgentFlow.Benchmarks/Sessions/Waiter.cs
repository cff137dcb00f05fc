namespace AgentFlow.Benchmarks.Sessions;

/// <summary>Does something, waits for an answer, and does something with it.</summary>
[Agent]
internal sealed partial class Waiter
{
    [Action]
    private static string Ask([Input] int number) => $"question {number}";

    [Signal]
    private partial Task<bool> Answer(string ask);

    [Action, Result]
    private static string Close(string ask, bool answer) => $"{ask}: {answer}";
}

/// <summary>Holds every session in the middle of an action until all are there.</summary>
[Agent]
internal sealed partial class Gatherer(Gathering gathering)
{
    [Action]
    private async Task<int> Gather([Input] int number, CancellationToken ct)
    {
        await gathering.ArriveAsync(ct).ConfigureAwait(false);
        return number;
    }

    [Action, Result]
    private static int Double(int gather) => gather * 2;
}

/// <summary>Where so many come together before any goes on.</summary>
internal sealed class Gathering(int sessions)
{
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = sessions;

    /// <summary>Completes when all are there.</summary>
    public Task Gathered => _gathered.Task;

    public void Go() => _go.SetResult();

    public Task ArriveAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _gathered.SetResult();
        }

        return _go.Task.WaitAsync(cancellationToken);
    }
}
