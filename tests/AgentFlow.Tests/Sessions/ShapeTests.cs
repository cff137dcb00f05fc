namespace AgentFlow.Tests.Sessions
{
    public sealed class ShapeTests
    {
        private static CancellationToken Ct => TestContext.Current.CancellationToken;

        [Fact]
        public async Task Sessions_go_on_when_actions_were_added_moved_or_renamed_under_their_ids()
        {
            await using var store = await BeginAsync();
            await using var runtime = new AgentRuntime(store);
            var session = await runtime.ResumeAsync(new Grown.Invoice(), "i", Ct);
            await session.SignalAsync(Grown.Invoice.Signals.Confirm, true, cancellationToken: Ct);
            Assert.Equal("1,000 for Ada (True), with 1 note", await session.Result.WaitAsync(Patience, Ct));
        }

        [Fact]
        public async Task An_action_that_is_gone_is_named()
        {
            await using var store = await BeginAsync();
            await using var runtime = new AgentRuntime(store);
            var error = await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.ResumeAsync(new Shrunk.Invoice(), "i", Ct).AsTask());
            Assert.Contains("'Total'", error.Message, StringComparison.Ordinal);
            Assert.Equal(SessionState.Suspended, (await store.FindAsync("i", Ct))!.State);
        }

        [Fact]
        public async Task An_output_of_another_type_is_named()
        {
            await using var store = await BeginAsync();
            await using var runtime = new AgentRuntime(store);
            var error = await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.ResumeAsync(new Retyped.Invoice(), "i", Ct).AsTask());
            Assert.Contains("'Total'", error.Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_new_input_is_named()
        {
            await using var store = await BeginAsync();
            await using var runtime = new AgentRuntime(store);
            var error = await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.ResumeAsync(new Demanding.Invoice(), "i", Ct).AsTask());
            Assert.Contains("'currency'", error.Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Another_agents_session_is_refused()
        {
            await using var store = await BeginAsync();
            await using var runtime = new AgentRuntime(store);
            var error = await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.ResumeAsync(new Order(), "i", Ct).AsTask());
            Assert.Contains("'Invoice'", error.Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Recorded_elements_of_another_type_are_named()
        {
            await using var store = await BeginElementsAsync();
            await using var runtime = new AgentRuntime(store);
            var error = await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.ResumeAsync(new Retyped.Batch(), "b", Ct).AsTask());
            Assert.Contains("elements of action 'Charge'", error.Message, StringComparison.Ordinal);
            Assert.Contains("{Amount:int32}", error.Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Recorded_elements_of_an_action_that_is_no_for_each_any_more_are_named()
        {
            await using var store = await BeginElementsAsync();
            await using var runtime = new AgentRuntime(store);
            var error = await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.ResumeAsync(new Shrunk.Batch(), "b", Ct).AsTask());
            Assert.Contains("'Charge' are recorded, and it is no longer a for-each", error.Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Recorded_elements_are_kept_when_something_else_has_changed()
        {
            await using var store = await BeginElementsAsync();
            await using var runtime = new AgentRuntime(store);
            var session = await runtime.ResumeAsync(new Grown.Batch(), "b", Ct);
            Assert.Equal("1 and 20 for Ada", await session.Result.WaitAsync(Patience, Ct));
        }

        /// <summary>A session whose worker was stopped while the second of two elements was under way.</summary>
        private static async Task<MemorySessionStore> BeginElementsAsync()
        {
            var store = new MemorySessionStore();
            var runtime = new AgentRuntime(store, new() { ShutdownGrace = TimeSpan.Zero });
            var agent = new First.Batch();
            await runtime.StartAsync(agent, default(Unit), new() { Id = "b" }, Ct);
            await agent.SecondStarted.Task.WaitAsync(Patience, Ct);
            await runtime.DisposeAsync();
            Assert.Contains(await store.ReadAsync("b", 0, Ct).ToListAsync(Ct), static record => record.Item == 0 && record.Kind == JournalKind.Completed);
            return store;
        }

        private static async Task<MemorySessionStore> BeginAsync()
        {
            var store = new MemorySessionStore();
            await using var runtime = new AgentRuntime(store);
            var session = await runtime.StartAsync(new First.Invoice(), ("Ada", 1000), new() { Id = "i" }, Ct);
            await session.WaitAsync(Ct);
            return store;
        }
    }
}

namespace AgentFlow.Tests.Sessions.First
{
    public sealed record Total(int Amount);

    [Agent(Name = "Batch")]
    public sealed partial class Batch
    {
        public TaskCompletionSource SecondStarted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Action]
        private static int[] Amounts() => [1, 2];

        [Action, ForEach(nameof(Amounts), MaxParallel = 1)]
        private async Task<Total> Charge([Item] int amount, CancellationToken ct)
        {
            if (amount == 2)
            {
                SecondStarted.TrySetResult();
                await Task.Delay(Timeout.Infinite, ct);
            }

            return new(amount);
        }

        [Action, Result]
        private static string Print(Total[] charge) => $"{charge.Length}";
    }

    [Agent(Name = "Invoice")]
    public sealed partial class Invoice
    {
        [Action]
        private static string Address([Input] string customer) => customer;

        [Action]
        private static Total Total([Input] int amount) => new(amount);

        [Signal]
        private partial Task<bool> Confirm(Total total);

        [Action, Result]
        private static string Print(string address, Total total, bool confirm) => $"{total.Amount} for {address} ({confirm})";
    }
}

namespace AgentFlow.Tests.Sessions.Grown
{
    public sealed record Sum(int Amount);

    [Agent(Name = "Batch")]
    public sealed partial class Batch
    {
        [Action]
        private static int[] Amounts() => throw new InvalidOperationException("Done again.");

        // The first element is recorded as 1; what is done again now comes out tenfold.
        [Action, ForEach(nameof(Amounts), MaxParallel = 1)]
        private static Sum Charge([Item] int amount) => new(amount * 10);

        [Action]
        private static string Name() => "Ada";

        [Action, Result]
        private static string Print(Sum[] charge, string name) => $"{string.Join(" and ", charge.Select(static c => c.Amount))} for {name}";
    }

    [Agent(Name = "Invoice")]
    public sealed partial class Invoice
    {
        [Action]
        private static string[] Notes([Input] string customer) => [$"thanks, {customer}"];

        // Another name and another type, the same id and the same JSON.
        [Action(Name = "Total")]
        private static Sum AddUp([Input] int amount) => new(amount);

        [Signal]
        private partial Task<bool> Confirm([From(nameof(AddUp))] Sum sum);

        [Action]
        private static string Address([Input] string customer) => customer;

        [Action, Result]
        private static string Print(string address, [From(nameof(AddUp))] Sum sum, bool confirm, [From(nameof(Notes))] string[] notes) =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{sum.Amount:N0} for {address} ({confirm}), with {notes.Length} note");
    }
}

namespace AgentFlow.Tests.Sessions.Shrunk
{
    [Agent(Name = "Batch")]
    public sealed partial class Batch
    {
        [Action]
        private static int[] Amounts() => [1, 2];

        [Action]
        private static First.Total[] Charge(int[] amounts) => [.. amounts.Select(static a => new First.Total(a))];

        [Action, Result]
        private static string Print(First.Total[] charge) => $"{charge.Length}";
    }

    [Agent(Name = "Invoice")]
    public sealed partial class Invoice
    {
        [Action]
        private static string Address([Input] string customer) => customer;

        [Signal]
        private partial Task<bool> Confirm(string address);

        [Action, Result]
        private static string Print(string address, bool confirm, [Input] int amount) => $"{amount} for {address} ({confirm})";
    }
}

namespace AgentFlow.Tests.Sessions.Retyped
{
    public sealed record Total(int Amount, string Currency);

    [Agent(Name = "Batch")]
    public sealed partial class Batch
    {
        [Action]
        private static int[] Amounts() => [1, 2];

        [Action, ForEach(nameof(Amounts), MaxParallel = 1)]
        private static Total Charge([Item] int amount) => new(amount, "EUR");

        [Action, Result]
        private static string Print(Total[] charge) => $"{charge.Length}";
    }

    [Agent(Name = "Invoice")]
    public sealed partial class Invoice
    {
        [Action]
        private static string Address([Input] string customer) => customer;

        [Action]
        private static Total Total([Input] int amount) => new(amount, "EUR");

        [Signal]
        private partial Task<bool> Confirm(Total total);

        [Action, Result]
        private static string Print(string address, Total total, bool confirm) => $"{total.Amount} for {address} ({confirm})";
    }
}

namespace AgentFlow.Tests.Sessions.Demanding
{
    public sealed record Total(int Amount);

    [Agent(Name = "Invoice")]
    public sealed partial class Invoice
    {
        [Action]
        private static string Address([Input] string customer) => customer;

        [Action]
        private static Total Total([Input] int amount) => new(amount);

        [Signal]
        private partial Task<bool> Confirm(Total total);

        [Action, Result]
        private static string Print(string address, Total total, bool confirm, [Input] string currency) => $"{total.Amount} {currency} for {address} ({confirm})";
    }
}
