namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>Pays to the account that it was given, once somebody has approved.</summary>
[Agent]
public sealed partial class Payout
{
    [Action]
    private string Check([Input] string account) => $"{account} is good";

    [Signal]
    private partial Task<string> Approve(string check);

    [Action]
    private string Pay(string check, string approve) => $"{check}, approved by {approve}";
}

/// <summary>Takes one text after the other, and has a snapshot soon.</summary>
[Agent(MaxIterations = 10_000)]
public sealed partial class Collector
{
    [Signal]
    private partial Task<string> Next([Previous(nameof(Total))] int? total);

    [Action, Result]
    private int Total(string next, [Previous(nameof(Total))] int? total) => (total ?? 0) + next.Length;

    [Until]
    private static bool IsDone(string next) => next.Length == 0;
}
