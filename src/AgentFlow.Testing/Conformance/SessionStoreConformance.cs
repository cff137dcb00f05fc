using System.Text;
using static AgentFlow.Testing.Expect;

namespace AgentFlow.Testing;

/// <summary>
/// What a session store has to do, as checks that run one by one: <c>foreach (var name in SessionStoreConformance.Names) await
/// SessionStoreConformance.RunAsync(name, harness);</c>. A store that passes them all is one.
/// </summary>
public static partial class SessionStoreConformance
{
    private const string Owner = "worker-1";
    private const string Other = "worker-2";

    private static readonly Dictionary<string, Func<Case, Task>> Checks = new(StringComparer.Ordinal)
    {
        [nameof(Created_is_found)] = Created_is_found,
        [nameof(Creating_twice_is_refused)] = Creating_twice_is_refused,
        [nameof(Ids_are_validated)] = Ids_are_validated,
        [nameof(Missing_is_not_found)] = Missing_is_not_found,
        [nameof(Records_come_back_as_written)] = Records_come_back_as_written,
        [nameof(Reading_begins_after)] = Reading_begins_after,
        [nameof(Appending_out_of_sequence_is_fenced)] = Appending_out_of_sequence_is_fenced,
        [nameof(A_key_is_recorded_once)] = A_key_is_recorded_once,
        [nameof(A_refused_append_changes_nothing)] = A_refused_append_changes_nothing,
        [nameof(A_refused_append_of_many_leaves_no_trace)] = A_refused_append_of_many_leaves_no_trace,
        [nameof(An_illegal_transition_is_refused)] = An_illegal_transition_is_refused,
        [nameof(One_owner_at_a_time)] = One_owner_at_a_time,
        [nameof(A_claim_raises_the_epoch)] = A_claim_raises_the_epoch,
        [nameof(A_lease_ends)] = A_lease_ends,
        [nameof(A_renewed_lease_lasts)] = A_renewed_lease_lasts,
        [nameof(A_zombie_is_fenced)] = A_zombie_is_fenced,
        [nameof(A_released_session_can_be_claimed)] = A_released_session_can_be_claimed,
        [nameof(A_late_release_does_no_harm)] = A_late_release_does_no_harm,
        [nameof(Running_is_due_when_nobody_owns_it)] = Running_is_due_when_nobody_owns_it,
        [nameof(What_is_being_created_is_nobody_elses)] = What_is_being_created_is_nobody_elses,
        [nameof(Suspended_is_due_at_its_time_and_not_before)] = Suspended_is_due_at_its_time_and_not_before,
        [nameof(Suspended_is_due_when_a_new_signal_has_come)] = Suspended_is_due_when_a_new_signal_has_come,
        [nameof(Only_the_asked_agents_are_due)] = Only_the_asked_agents_are_due,
        [nameof(Signals_keep_their_order_until_taken)] = Signals_keep_their_order_until_taken,
        [nameof(A_repeated_signal_is_dropped_even_when_taken)] = A_repeated_signal_is_dropped_even_when_taken,
        [nameof(Signals_of_an_ended_session_are_refused)] = Signals_of_an_ended_session_are_refused,
        [nameof(Signals_are_bounded_in_number)] = Signals_are_bounded_in_number,
        [nameof(A_signal_is_taken_once)] = A_signal_is_taken_once,
        [nameof(Signals_are_bounded_in_size)] = Signals_are_bounded_in_size,
        [nameof(A_snapshot_is_found)] = A_snapshot_is_found,
        [nameof(A_fork_shares_the_beginning_and_nothing_else)] = A_fork_shares_the_beginning_and_nothing_else,
        [nameof(A_fork_of_too_much_is_refused)] = A_fork_of_too_much_is_refused,
        [nameof(A_fork_is_made_with_its_own_records_or_not_at_all)] = A_fork_is_made_with_its_own_records_or_not_at_all,
        [nameof(Lists_are_filtered_and_paged)] = Lists_are_filtered_and_paged,
        [nameof(Deleted_is_gone_and_its_forks_are_not)] = Deleted_is_gone_and_its_forks_are_not,
        [nameof(An_owned_session_is_not_deleted)] = An_owned_session_is_not_deleted,
        [nameof(What_has_changed_since_it_was_seen_is_not_deleted)] = What_has_changed_since_it_was_seen_is_not_deleted,
        [nameof(Strange_text_and_bytes_survive)] = Strange_text_and_bytes_survive,
        [nameof(Concurrent_sessions_do_not_mix)] = Concurrent_sessions_do_not_mix,
        [nameof(Racing_appends_have_one_winner)] = Racing_appends_have_one_winner,
        [nameof(Racing_claims_have_one_winner)] = Racing_claims_have_one_winner,
        [nameof(All_of_it_survives_the_process)] = All_of_it_survives_the_process,
    };

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyCollection<string> Names => Checks.Keys;

    /// <summary>Runs one check.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="harness">The store.</param>
    /// <returns>Completes when it has passed.</returns>
    /// <exception cref="ConformanceException">The store does something else.</exception>
    /// <exception cref="ArgumentException">There is no such check.</exception>
    public static async Task RunAsync(string name, SessionStoreHarness harness)
    {
        ArgumentNullException.ThrowIfNull(harness);
        var check = Checks.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no check '{name}'.", nameof(name));
        var store = await harness.CreateAsync().ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            await check(new Case(store, harness)).ConfigureAwait(false);
        }
    }

    private static SessionInfo Info(string id) => new() { Id = id, Agent = "Agent", Shape = "shape", Mode = "test", Parent = "parent" };

    private static JournalRecord Outcome(string action) => new() { Kind = JournalKind.Completed, Iteration = 1, Action = action, Key = $"o/1/{action}/-1/0", Payload = Encoding.UTF8.GetBytes(action) };

    private static SignalRecord Signal(string session) => new() { Session = session, Name = "Approve", Payload = new byte[] { 0xAB } };

    /// <summary>A store under test.</summary>
    private sealed record Case(ISessionStore Store, SessionStoreHarness Harness)
    {
        public TimeSpan Unit => Harness.Unit;

        public ValueTask PassAsync(TimeSpan time) => Harness.PassAsync(time);

        public ValueTask<SessionClaim> CreateAsync(string id, TimeSpan? lease = null) => Store.CreateAsync(Info(id), [new() { Kind = JournalKind.Created }], Owner, lease ?? Unit);

        public async ValueTask<SessionInfo> FindAsync(string id) => await Store.FindAsync(id).ConfigureAwait(false) ?? throw new ConformanceException($"Session '{id}' is not found.");

        public async ValueTask<SessionClaim> ClaimAsync(string id) => await Store.ClaimAsync(id, Owner, Unit).ConfigureAwait(false) ?? throw new ConformanceException($"Session '{id}' cannot be claimed.");

        public ValueTask<DateTimeOffset> AppendAsync(SessionClaim claim, long after, IReadOnlyList<JournalRecord> records, SessionState? state = null, bool releases = false) =>
            Store.AppendAsync(new SessionAppend { Claim = claim, After = after, Records = records, State = state, Releases = releases });

        public async Task<List<JournalRecord>> ReadAsync(string id, long after)
        {
            var records = new List<JournalRecord>();
            await foreach (var record in Store.ReadAsync(id, after).ConfigureAwait(false))
            {
                records.Add(record);
            }

            return records;
        }

        public async Task<string> DueAsync() => string.Join(",", (await Store.ListDueAsync(["Agent"], 10).ConfigureAwait(false)).Select(static s => s.Id));

        public async Task<string> ListAsync(SessionQuery query) => string.Join(",", (await Store.ListAsync(query).ConfigureAwait(false)).Select(static s => s.Id));
    }
}
