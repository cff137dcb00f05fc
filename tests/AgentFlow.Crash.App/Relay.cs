namespace AgentFlow.Crash;

/// <summary>An agent that one worker begins and another ends.</summary>
/// <param name="worker">The name of the worker, which outcomes bear.</param>
/// <param name="rest">Called by the last action; it goes on when this completes.</param>
[Agent]
public sealed partial class Relay(string worker, Func<Task> rest)
{
    [Action]
    private string Begin([Input] int number) => $"{number} begun by {worker}";

    [Action]
    private string Pass(string begin) => $"{begin}, passed by {worker}";

    [Action, Result]
    private async Task<string> End(string pass)
    {
        await rest();
        return $"{pass}, ended by {worker}";
    }
}
