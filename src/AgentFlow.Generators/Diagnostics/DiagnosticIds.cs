namespace AgentFlow.Generators.Diagnostics;

/// <summary>The ids, in blocks by subject. An id is never used for anything else again.</summary>
internal static class DiagnosticIds
{
    // AF01xx: the graph.
    public const string UnknownName = "AF0101";
    public const string MissingDependency = "AF0102";
    public const string AmbiguousDependency = "AF0103";
    public const string SourceDoesNotConvert = "AF0104";
    public const string InputTypeConflict = "AF0105";
    public const string Cycle = "AF0106";
    public const string SelfDependency = "AF0107";
    public const string DuplicateAction = "AF0108";
    public const string NoSingleResult = "AF0109";
    public const string UnusedAction = "AF0110";
    public const string FireAndForgetConsumed = "AF0111";
    public const string ResultMayBeSkipped = "AF0112";
    public const string RedundantOrder = "AF0113";
    public const string ForEachMismatch = "AF0114";

    // AF02xx: the shape of agents and actions.
    public const string AgentNotPartial = "AF0201";
    public const string HostNotPartial = "AF0202";
    public const string AgentShape = "AF0203";
    public const string ActionMutatesAgent = "AF0204";
    public const string BlockingCall = "AF0205";
    public const string TokenNotTaken = "AF0206";
    public const string AsyncVoid = "AF0207";
    public const string ByReferenceParameter = "AF0208";
    public const string GenericAction = "AF0209";
    public const string StackOnlyType = "AF0210";
    public const string InaccessibleType = "AF0211";
    public const string MemberClash = "AF0212";
    public const string InaccessibleAction = "AF0213";
    public const string InertAttribute = "AF0214";
    public const string NotInAgent = "AF0215";
    public const string NoActions = "AF0216";
    public const string KeyedServicesUnknown = "AF0217";
    public const string NameTakenOver = "AF0218";
    public const string ReservedName = "AF0219";
    public const string DuplicateAgent = "AF0220";
    public const string ExternAlias = "AF0221";
    public const string RunNotAwaited = "AF0222";
    public const string RunAwaitedTwice = "AF0223";
    public const string NotCallable = "AF0224";

    // AF03xx: policies.
    public const string MalformedDuration = "AF0301";
    public const string RetryAttempts = "AF0302";
    public const string FallbackDoesNotFit = "AF0303";
    public const string CompensationDoesNotFit = "AF0304";
    public const string PredicateDoesNotFit = "AF0305";
    public const string TimeoutNotObserved = "AF0306";
    public const string RetryAtMostOnce = "AF0307";
    public const string EffectNotCompensated = "AF0308";
    public const string CacheKeyWithoutEquality = "AF0309";
    public const string OptionWithoutEffect = "AF0310";
    public const string OptionOutOfRange = "AF0311";
    public const string NothingToCommitWith = "AF0312";
    public const string StoreWaitsForItself = "AF0313";

    // AF04xx: durability.
    public const string NotRecordable = "AF0401";
    public const string ImpurePredicate = "AF0402";
    public const string SensitiveShown = "AF0403";
    public const string SignalShape = "AF0404";
    public const string SignalWithoutTimeout = "AF0405";

    // AF0410 to AF0419: the shape that sessions in flight were recorded by.
    public const string ShippedActionRemoved = "AF0410";
    public const string ShippedInputRemoved = "AF0411";
    public const string ShippedOutputChanged = "AF0412";
    public const string ShippedInputChanged = "AF0413";
    public const string InputNotShipped = "AF0414";
    public const string ShippedAgentRemoved = "AF0415";
    public const string AgentNotShipped = "AF0416";
    public const string UpcastDoesNotFit = "AF0417";

    // AF05xx: termination.
    public const string LoopWithoutBound = "AF0501";
    public const string PreviousWithoutLoop = "AF0502";
    public const string ConstantUntil = "AF0503";
    public const string BudgetBelowMaximum = "AF0504";
    public const string UnboundedRecursion = "AF0505";
    public const string SeveralUntils = "AF0506";

    // AF06xx: tools.
    public const string ToolParameterWithoutSchema = "AF0601";
    public const string ToolNotDescribed = "AF0602";
    public const string DuplicateTool = "AF0603";
    public const string ToolWithoutApproval = "AF0604";
    public const string ToolShape = "AF0605";
    public const string ToolClassNotPartial = "AF0606";
    public const string ToolName = "AF0607";
    public const string ToolConstraint = "AF0608";
    public const string SensitiveTool = "AF0609";
}
