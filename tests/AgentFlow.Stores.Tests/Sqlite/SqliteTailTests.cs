namespace AgentFlow.Stores.Tests;

/// <summary>Records that are not sorted yet are read, refused and mended like the others.</summary>
public sealed class SqliteTailTests : IDisposable
{
    /// <summary>More than are left unsorted.</summary>
    private const int Many = 5_000;
    private const int Sessions = 4;
    private const int Together = 10;

    private readonly SqliteFile _file = new();
    private readonly SqliteFile _copy = new();

    public void Dispose()
    {
        _file.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public async Task Records_are_sorted_many_at_a_time_and_all_when_the_store_is_closed()
    {
        await using (var store = _file.OpenStore())
        {
            await FillAsync(store);

            // Sorting follows the append that makes it due; what is queued next comes after it.
            await store.SignalAsync(new SignalRecord { Session = "s0", Name = "Approve" }, TestContext.Current.CancellationToken);
            Assert.InRange((long)_file.Query("SELECT count(*) FROM agentflow_tail")!, 1, Many / 2);
            Assert.InRange((long)_file.Query("SELECT count(*) FROM agentflow_journal")!, Many / 2, Many);
            await CheckAsync(store);
        }

        Assert.Equal(0L, _file.Query("SELECT count(*) FROM agentflow_tail"));
        await using (var store = _file.OpenStore())
        {
            await CheckAsync(store);
        }
    }

    [Fact]
    public async Task A_key_is_recorded_once_wherever_its_record_is()
    {
        await using var store = _file.OpenStore();
        await FillAsync(store);
        var claim = (await store.ClaimAsync("s0", Given.Owner, Given.Lease, TestContext.Current.CancellationToken))!;
        var last = claim.Info.Sequence;
        var actions = (await store.ActionsAsync("s0")).Split(',');
        string[] recorded = [actions[0], actions[actions.Length / 2], actions[^1]];
        foreach (var action in recorded)
        {
            await Assert.ThrowsAsync<FencedException>(() => store.AppendAsync(claim, last, Given.Outcome("new"), Given.Outcome(action)).AsTask());
        }

        await Assert.ThrowsAsync<FencedException>(() => store.AppendAsync(claim, last, Given.Outcome("new"), Given.Outcome("new")).AsTask());
        await store.AppendAsync(claim, last, Given.Outcome("new"));
        Assert.Equal(string.Join(",", actions) + ",new", await store.ActionsAsync("s0"));
    }

    [Fact]
    public async Task What_a_crash_has_left_unsorted_is_there()
    {
        await using var left = await CrashAsync();
        Assert.NotEqual(0L, _copy.Query("SELECT count(*) FROM agentflow_tail"));
        await using var store = _copy.OpenStore();
        Assert.Equal(0L, _copy.Query("SELECT count(*) FROM agentflow_tail"));
        await CheckAsync(store);
    }

    [Fact]
    public async Task A_damaged_row_among_them_is_one_sessions_alone()
    {
        await using var left = await CrashAsync();
        var sequence = (long)_copy.Query("SELECT max(sequence) FROM agentflow_tail WHERE session = 2")!;
        _copy.Query($"UPDATE agentflow_tail SET session = 3 WHERE session = 2 AND sequence = {sequence}");
        await using var store = _copy.OpenStore();
        var damage = await Assert.ThrowsAsync<DamagedSessionException>(() => store.ReadAllAsync("s1"));
        Assert.Contains($"record {sequence} is missing", damage.Message, StringComparison.Ordinal);
        string[] others = ["s0", "s2", "s3"];
        foreach (var id in others)
        {
            Assert.Equal(ActionsOf(id), await store.ActionsAsync(id));
        }
    }

    [Fact]
    public async Task Long_records_and_short_ones_are_read_in_their_order()
    {
        await using var store = _file.OpenStore();
        var claim = await store.CreateAsync("a");
        await store.AppendAsync(claim, 1, [.. Enumerable.Range(0, 9).Select(static i => Given.Outcome($"A{i}", new byte[i % 3 == 1 ? 10_000 : 10]))]);
        Assert.Equal(3L, _file.Query("SELECT count(*) FROM agentflow_journal"));
        Assert.Equal("A0,A1,A2,A3,A4,A5,A6,A7,A8", await store.ActionsAsync("a"));
        await store.ForkAsync("a", 6, Given.Session("f"), TestContext.Current.CancellationToken);
        Assert.Equal("A0,A1,A2,A3,A4", await store.ActionsAsync("f"));
    }

    [Fact]
    public async Task A_session_that_takes_the_place_of_a_deleted_one_has_none_of_its_records()
    {
        await using var store = _file.OpenStore();
        for (var i = 0; i < 3; i++)
        {
            var claim = await store.CreateAsync("a");
            await store.AppendAsync(claim, 1, Given.Outcome("A"), Given.Outcome("B"));
            Assert.Equal("A,B", await store.ActionsAsync("a"));
            await store.ReleaseAsync(claim, TestContext.Current.CancellationToken);
            await store.DeleteAsync("a", TestContext.Current.CancellationToken);
        }

        Assert.Equal(0L, _file.Query("SELECT count(*) FROM agentflow_tail"));
    }

    private static string ActionsOf(string id) => string.Join(",", Enumerable.Range(0, Many / Sessions).Select(i => $"{id}-{i}"));

    private static async Task FillAsync(SqliteSessionStore store)
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => store.CreateAsync($"s{i}").AsTask()));
        for (var i = 0; i < Many / Sessions; i += Together)
        {
            await Task.WhenAll(claims.Select(claim => store.AppendAsync(claim, i + 1, [.. Enumerable.Range(i, Together).Select(n => Given.Outcome($"{claim.Id}-{n}"))]).AsTask()));
        }
    }

    private static async Task CheckAsync(SqliteSessionStore store)
    {
        for (var i = 0; i < Sessions; i++)
        {
            Assert.Equal(ActionsOf($"s{i}"), await store.ActionsAsync($"s{i}"));
        }
    }

    /// <summary>Copies the files of a store that is open: what a process leaves that dies.</summary>
    private async Task<SqliteSessionStore> CrashAsync()
    {
        var store = _file.OpenStore();
        await FillAsync(store);
        await store.SignalAsync(new SignalRecord { Session = "s0", Name = "Approve" }, TestContext.Current.CancellationToken);
        File.Copy(_file.Path, _copy.Path);
        File.Copy(_file.Path + "-wal", _copy.Path + "-wal");
        return store;
    }
}
