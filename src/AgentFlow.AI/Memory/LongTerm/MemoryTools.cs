using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentFlow.AI;

/// <summary>
/// A subject's long-term memory as tools of a model: <c>remember</c>, <c>recall</c>, <c>forget</c>. The subject is the program's choice and no argument, so that no
/// text that a model reads can lead it to another one's memories.
/// </summary>
/// <param name="memory">The memory.</param>
/// <param name="subject">Whose memories.</param>
/// <param name="session">The session that the model works in; it is the source of what is remembered. Default: not known.</param>
public sealed partial class MemoryTools(LongTermMemory memory, string subject, string? session = null)
{
    private readonly SemanticMemory _facts = (memory ?? throw new ArgumentNullException(nameof(memory))).Facts(subject);

    [Tool(Name = "remember")]
    [Description("Remembers a fact about the user for later conversations. Remember what stays true and is useful later; one fact a call. A fact of the same topic replaces the earlier one.")]
    private async Task<Recollection> RememberAsync(
        [Description("The fact, as one sentence that is understood by itself.")] [StringLength(1000, MinimumLength = 1)] string fact,
        [Description("What the fact tells, such as \"home city\", if there is only one such fact at a time.")] [StringLength(100, MinimumLength = 1)] string? topic = null,
        [Description("How much it matters, 0 to 1.")] [Range(0.0, 1.0)] double importance = 0.5,
        CancellationToken cancellationToken = default) =>
        Recollection.Of(await _facts.LearnAsync(fact, topic, session is null ? [] : [session], importance: importance, session: session, cancellationToken: cancellationToken).ConfigureAwait(false));

    [Tool(Name = "recall", Effect = Effect.None)]
    [Description("Recalls what is known about the user from earlier conversations: facts, and what happened.")]
    private async Task<Recollection[]> RecallAsync(
        [Description("What to recall, in a few words.")] [StringLength(500, MinimumLength = 1)] string query,
        [Description("How many memories to recall at most.")] [Range(1, 20)] int count = 5,
        CancellationToken cancellationToken = default) =>
        [.. (await memory.RecallAsync(subject, query, new() { Count = count }, cancellationToken).ConfigureAwait(false)).Select(static hit => Recollection.Of(hit.Memory))];

    [Tool(Name = "forget")]
    [Description("Forgets one memory for good, by the id that recall gave. Use it when the user asks for it, or when a memory is wrong.")]
    private async Task<string> ForgetAsync([Description("The memory's id.")] [StringLength(MemoryRecord.MaxNameLength, MinimumLength = 1)] string id, CancellationToken cancellationToken = default) =>
        await memory.ForgetAsync(subject, id, cancellationToken).ConfigureAwait(false) ? "Forgotten." : "Error: there is no memory of that id. Recall it first.";
}

/// <summary>A memory as a model is given it.</summary>
/// <param name="Id">What <c>forget</c> takes.</param>
/// <param name="Text">The memory.</param>
/// <param name="When">When it was added or last changed.</param>
/// <param name="Confidence">How sure it is, 0 to 1.</param>
public sealed record Recollection(string Id, string Text, DateTimeOffset When, double Confidence)
{
    internal static Recollection Of(MemoryRecord memory) => new(memory.Id, memory.Text, memory.UpdatedAt, memory.Confidence);
}
