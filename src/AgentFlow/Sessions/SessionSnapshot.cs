namespace AgentFlow;

/// <summary>The whole state of a session at one place of its journal: what follows it is all that a resumption has to read.</summary>
/// <param name="Sequence">The last record that it contains.</param>
/// <param name="Payload">The state, sealed. Opaque to the store.</param>
public sealed record SessionSnapshot(long Sequence, ReadOnlyMemory<byte> Payload);
