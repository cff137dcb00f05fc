namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>
/// Half of a SHA-256: two texts with one fingerprint are not met by luck. A weaker hash would one day leave stale code in place,
/// and nobody could tell why.
/// </summary>
internal readonly record struct Fingerprint(ulong High, ulong Low);
