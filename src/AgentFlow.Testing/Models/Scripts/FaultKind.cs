namespace AgentFlow.Testing;

internal enum FaultKind
{
    Status,
    CutBefore,
    CutWithin,
    Malformed,
}
