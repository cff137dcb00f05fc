namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>What somebody can do who may write to a store, and has no key: any row can be any other, with the checksums that the store itself gives it.</summary>
internal sealed class Intruder(ISessionStore store)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Replaces all that the store has of a session.</summary>
    public async Task RewriteAsync(SessionInfo info, IReadOnlyList<JournalRecord> records, SessionSnapshot? snapshot = null, IReadOnlyList<SignalRecord>? signals = null, SessionState? state = null)
    {
        if (await store.FindAsync(info.Id, Ct) is { Owner: not null } owned)
        {
            await store.ReleaseAsync(new SessionClaim(owned, owned.Owner!, owned.Epoch, default), Ct);
        }

        await store.DeleteAsync(info.Id, Ct);
        var claim = await store.CreateAsync(info, [.. records.TakeWhile(static r => r.Epoch == 0)], Given.Owner, Given.Lease, Ct);
        var written = records.TakeWhile(static r => r.Epoch == 0).Count();
        while (written < records.Count)
        {
            var epoch = records[written].Epoch;
            while (claim.Epoch < epoch)
            {
                claim = (await store.ClaimAsync(info.Id, Given.Owner, Given.Lease, Ct))!;
            }

            var next = records.Skip(written).TakeWhile(r => r.Epoch == epoch).ToArray();
            await store.AppendAsync(claim, written, next);
            written += next.Length;
        }

        await store.AppendAsync(new SessionAppend { Claim = claim, After = written, State = state ?? info.State, Snapshot = snapshot, SetsWake = true, Releases = true }, Ct);
        foreach (var signal in signals ?? [])
        {
            await store.SignalAsync(signal with { Session = info.Id }, Ct);
        }
    }

    /// <summary>Replaces the records of a session, and leaves the rest.</summary>
    public async Task ChangeAsync(string id, Action<List<JournalRecord>> change)
    {
        var records = await store.ReadAllAsync(id);
        change(records);
        await RewriteAsync((await store.FindAsync(id, Ct))!, records, await store.FindSnapshotAsync(id, long.MaxValue, Ct), await store.ReadSignalsAsync(id, Ct));
    }
}
