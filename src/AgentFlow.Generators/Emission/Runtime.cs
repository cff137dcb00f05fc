namespace AgentFlow.Generators.Emission;

/// <summary>The run time's types as generated code names them: in full, so that no name of a user's can come between.</summary>
internal static class Runtime
{
    public const string ActionCache = Services + "ActionCache";
    public const string ActionContext = Root + "ActionContext";
    public const string ActionExecution = Services + "ActionExecution";
    public const string ActionPolicy = Services + "ActionPolicy";
    public const string ActionStatus = Root + "ActionStatus";
    public const string ActionTask = Services + "ActionTask";
    public const string AgentEvent = Root + "AgentEvent";
    public const string AgentRun = Services + "AgentRun";
    public const string AgentTelemetry = Root + "AgentTelemetry";
    public const string AsyncSequence = Services + "AsyncSequence";
    public const string CancellationToken = "global::System.Threading.CancellationToken";
    public const string Conditions = Services + "Conditions";
    public const string ForEachExecution = Services + "ForEachExecution";
    public const string IActionCall = Services + "IActionCall";
    public const string IItemCall = Services + "IItemCall";
    public const string RunOptions = Root + "RunOptions";
    public const string RunPlan = Services + "RunPlan";
    public const string RunPool = Services + "RunPool";
    public const string StepResult = Services + "StepResult";

    private const string Root = "global::AgentFlow.";
    private const string Services = "global::AgentFlow.CompilerServices.";
}
