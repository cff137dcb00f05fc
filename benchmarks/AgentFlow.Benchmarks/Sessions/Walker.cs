namespace AgentFlow.Benchmarks.Sessions;

/// <summary>Loops up to a limit and then waits: its state is as long after many steps as after few.</summary>
[Agent(MaxIterations = 1_000_000)]
internal sealed partial class Walker
{
    /// <summary>How many outcomes an iteration records: Step, Note, Check, Value, and that Stop was skipped.</summary>
    public const int StepsAnIteration = 5;

    [Action]
    private static int Step([Previous(nameof(Step))] int? before) => (before ?? 0) + 1;

    [Action]
    private static string Note(int step) => step.ToString("D100", System.Globalization.CultureInfo.InvariantCulture);

    [Action]
    private static bool Check(int step, [Input] int limit) => step >= limit;

    private static bool IsLast(bool check) => check;

    [Signal, When(nameof(IsLast))]
    private partial Task<bool> Stop(string note);

    [Action, Result]
    private static int Value(int step, bool? stop) => stop == true ? -step : step;

    [Until]
    private static bool IsDone(int value) => value < 0;
}
