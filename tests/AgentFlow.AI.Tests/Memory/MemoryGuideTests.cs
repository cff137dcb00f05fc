using AgentFlow.Tests;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Memory;

/// <summary>What the page about memory shows is in this file, where it is compiled.</summary>
public class MemoryGuideTests
{
    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("memory.md", 10);

    private static async Task StoresAsync(IEmbeddingGenerator<string, Embedding<float>> embeddings, byte[] key, CancellationToken ct)
    {
        using var store = new FileMemoryStore("memories.jsonl");
        var memory = new LongTermMemory(store, new() { Embeddings = embeddings });
        await memory.Facts("user-17").LearnAsync("Ann lives in Oslo.", topic: "home city", sources: ["mail of 3 May"], confidence: 0.9, cancellationToken: ct);
        await memory.Episodes("user-17").RecordAsync("order-42", "Ann asked for a window seat.", importance: 0.7, cancellationToken: ct);
        IReadOnlyList<RecalledMemory> found = await memory.RecallAsync("user-17", "where to send the parcel?", new() { Count = 3 }, ct);
        await memory.ForgetAsync("user-17", found[0].Memory.Id, ct);
        await memory.PruneAsync("user-17", ct);
        await memory.ForgetSubjectAsync("user-17", ct);

        using var keys = new PayloadEncryption("2026-01", new Dictionary<string, byte[]> { ["2026-01"] = key });
        using var encrypted = new FileMemoryStore("private.jsonl", new() { Encryption = keys });
        var tools = new ToolRegistry().AddRange(new MemoryTools(memory, "user-17", session: "order-42").Tools);
    }
}

[Agent, Budget(Tokens = 100_000)]
public sealed partial class ChatTurn(LongTermMemory memory)
{
    private static readonly WorkingMemoryWindow Window = new(new() { MaxTokens = 6_000 });

    [Action, Retry(3)]
    private async Task<WorkingMemory> Listen([Input] WorkingMemory conversation, [Input] string said, [Service] IChatClient model, ActionContext context, CancellationToken ct)
    {
        await memory.Episodes("user-17").RecordAsync(context, said, cancellationToken: ct);
        return await Window.FitAsync(conversation.Add(new Turn(TurnRole.User, said)), context, model, ct);
    }

    [Action, Retry(3)]
    private static async Task<WorkingMemory> Answer(WorkingMemory conversation, [Service] IChatClient model, ActionContext context, CancellationToken ct) =>
        conversation.Add(await context.AskAsync(model, conversation.ToMessages(), cancellationToken: ct));
}
