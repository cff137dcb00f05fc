using System.Data.Common;
using System.Text;

namespace AgentFlow.Stores.Tests;

/// <summary>What tests write into stores.</summary>
internal static class Given
{
    public const string Owner = "worker-1";
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    public static PayloadEncryption Keys() => new("k1", new Dictionary<string, byte[]> { ["k1"] = [.. Enumerable.Repeat((byte)7, 32)] });

    public static SessionInfo Session(string id) => new() { Id = id, Agent = "Agent", Shape = "shape" };

    public static JournalRecord Outcome(string action) => Outcome(action, Encoding.UTF8.GetBytes(action));

    public static JournalRecord Outcome(string action, byte[] payload) => new() { Kind = JournalKind.Completed, Iteration = 1, Action = action, Key = $"o/1/{action}/-1/0", Payload = payload };

    public static ValueTask<SessionClaim> CreateAsync(this ISessionStore store, string id, TimeSpan? lease = null) => store.CreateAsync(Session(id), [new() { Kind = JournalKind.Created }], Owner, lease ?? Lease);

    public static ValueTask<DateTimeOffset> AppendAsync(this ISessionStore store, SessionClaim claim, long after, params JournalRecord[] records) =>
        store.AppendAsync(new SessionAppend { Claim = claim, After = after, Records = records });

    public static Task<DateTimeOffset> TransactAsync(this ITransactionalSessionStore store, SessionClaim claim, Func<DbTransaction, Task<SessionAppend?>> body) =>
        store.ExecuteAsync(claim, (transaction, _) => new(body(transaction)), TestContext.Current.CancellationToken).AsTask();

    public static async Task<List<JournalRecord>> ReadAllAsync(this ISessionStore store, string id)
    {
        var records = new List<JournalRecord>();
        await foreach (var record in store.ReadAsync(id, 0))
        {
            records.Add(record);
        }

        return records;
    }

    public static async Task<string> ActionsAsync(this ISessionStore store, string id) => string.Join(",", (await store.ReadAllAsync(id)).Skip(1).Select(static r => r.Action));
}
