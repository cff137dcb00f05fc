namespace AgentFlow.Testing;

/// <summary>How replies are recorded.</summary>
public sealed class RecordingOptions
{
    /// <summary>
    /// What must never be written: each occurrence, in requests as in replies, becomes <c>[secret]</c>. What looks like a key of a common kind (<c>sk-…</c>, <c>Bearer …</c>, tokens of
    /// cloud providers and code hosts, JSON web tokens) does so in any case. Default: none beyond these.
    /// </summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}
