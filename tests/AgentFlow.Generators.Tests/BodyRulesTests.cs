namespace AgentFlow.Generators.Tests;

/// <summary>AF0204 to AF0206: what actions must not do.</summary>
public sealed class BodyRulesTests
{
    [Theory]
    [InlineData("{|AF0204:_count|} = 1;")]
    [InlineData("{|AF0204:this._count|} += 1;")]
    [InlineData("{|AF0204:_count|}++;")]
    [InlineData("--{|AF0204:_count|};")]
    [InlineData("{|AF0204:_text|} ??= \"\";")]
    [InlineData("{|AF0204:Property|} = 2;")]
    [InlineData("({|AF0204:_count|}, var text) = (1, \"\");")]
    [InlineData("Interlocked.Increment(ref {|AF0204:_count|});")]
    [InlineData("int.TryParse(\"1\", out {|AF0204:_count|});")]
    [InlineData("ref var alias = ref {|AF0204:_count|};")]
    [InlineData("{|AF0204:_point.X|} = 1;")]
    [InlineData("{|AF0204:Changed|} += () => { };")]
    [InlineData("{|AF0204:captured|}++;")]
    [InlineData("Action act = () => {|AF0204:_count|}++; act();")]
    [InlineData("void Local() => {|AF0204:_count|}++; Local();")]
    [InlineData("{|AF0204:this[0]|} = 1;")]
    [InlineData("{|AF0204:_numbers|}[0] = 1;")]
    public Task AF0204_writes_what_runs_share(string statement) => Expect.Source(Mutating(statement));

    [Theory]
    [InlineData("var count = _count; count++;")]
    [InlineData("_other.Value = 1;")]
    [InlineData("Shared = 1;")]
    [InlineData("var other = new Other { Value = 1 };")]
    [InlineData("_ = nameof(_count);")]
    [InlineData("Helper();")]
    [InlineData("limit++;")]
    [InlineData("_ = Volatile.Read(ref _count);")]
    [InlineData("ref readonly var alias = ref _count;")]
    public Task AF0204_is_silent_about_everything_else(string statement) => Expect.Source(Mutating(statement));

    [Fact]
    public Task AF0204_only_concerns_actions() => Expect.Members("""
        private int _count;
        [Action] Report Write() => throw null!;
        public void Reset() => _count = 0;
        """);

    [Fact]
    public Task AF0204_in_a_class_that_lends_its_actions() => Expect.Source("""
        public abstract class Lender
        {
            protected int Count { get; set; }
            [Action] protected virtual void Add() => {|AF0204:Count|}++;
        }

        [Agent]
        public partial class Borrower : Lender
        {
            protected override void Add() => {|AF0204:Count|}--;
        }
        """);

    [Theory]
    [InlineData("_ = task.{|AF0205:Result|};")]
    [InlineData("_ = Load().{|AF0205:Result|};")]
    [InlineData("_ = value.{|AF0205:Result|};")]
    [InlineData("task.{|AF0205:Wait|}();")]
    [InlineData("task.{|AF0205:Wait|}(100);")]
    [InlineData("task.GetAwaiter().{|AF0205:GetResult|}();")]
    [InlineData("value.ConfigureAwait(false).GetAwaiter().{|AF0205:GetResult|}();")]
    [InlineData("Task.{|AF0205:WaitAll|}(task, Load());")]
    [InlineData("Task.{|AF0205:WaitAny|}(task, Load());")]
    [InlineData("Thread.{|AF0205:Sleep|}(1);")]
    [InlineData("if (!task.IsCompleted) task.{|AF0205:Wait|}();")]
    [InlineData("if (other.IsCompleted) _ = task.{|AF0205:Result|};")]
    [InlineData("if (task.IsCompleted || other.IsCompleted) _ = task.{|AF0205:Result|};")]
    [InlineData("if (!task.IsCompleted) { Log(); } _ = task.{|AF0205:Result|};")]
    [InlineData("Func<int> get = () => task.{|AF0205:Result|};")]
    [InlineData("Task<int>[] all = [task, other]; _ = System.Linq.Enumerable.Sum(all, t => t.{|AF0205:Result|});")]
    [InlineData("Task<int>[] all = [task, other]; await Task.WhenAny(all); _ = System.Linq.Enumerable.Sum(all, t => t.{|AF0205:Result|});")]
    [InlineData("Task<int>[] all = [task, other]; foreach (var one in all) { _ = one.{|AF0205:Result|}; }")]
    [InlineData("var first = await Task.WhenAny(task, other); _ = first == task ? 0 : task.{|AF0205:Result|};")]
    [InlineData("try { await task; } catch (InvalidOperationException) { } _ = task.{|AF0205:Result|};")]
    [InlineData("Func<Task> later = async () => { await task; }; _ = task.{|AF0205:Result|};")]
    [InlineData("if (ct.CanBeCanceled) { await task; } _ = task.{|AF0205:Result|};")]
    [InlineData("if (ct.CanBeCanceled) { await task; } else { await other; } _ = task.{|AF0205:Result|};")]
    [InlineData("while (!task.IsCompleted) { if (Log()) { break; } await other; } _ = task.{|AF0205:Result|};")]
    [InlineData("while (ct.CanBeCanceled) { await task; } _ = task.{|AF0205:Result|};")]
    [InlineData("var waiter = task.GetAwaiter(); _ = waiter.{|AF0205:GetResult|}();")]
    [InlineData("var waiter = value.ConfigureAwait(false).GetAwaiter(); _ = waiter.{|AF0205:GetResult|}();")]
    [InlineData("await task; task = Load(); _ = task.{|AF0205:Result|};")]
    [InlineData("{ await task; task = Load(); } _ = task.{|AF0205:Result|};")]
    [InlineData("if (task.Status == TaskStatus.Running) { _ = task.{|AF0205:Result|}; }")]
    [InlineData("if (task.Status != TaskStatus.RanToCompletion) { _ = task.{|AF0205:Result|}; }")]
    [InlineData("var all = new Dictionary<string, Task<int>> { [\"a\"] = task }; foreach (var pair in all) { _ = pair.Value.{|AF0205:Result|}; }")]
    public Task AF0205_blocks(string statement) => Expect.Members(Blocking(statement));

    [Theory]
    [InlineData("_ = await task;")]
    [InlineData("if (task.IsCompletedSuccessfully) _ = task.Result;")]
    [InlineData("if (task.IsCompleted && Log()) { _ = task.GetAwaiter().GetResult(); }")]
    [InlineData("var one = task.IsCompleted ? task.Result : await task;")]
    [InlineData("var one = value.IsCompletedSuccessfully ? value.Result : await value;")]
    [InlineData("if (!task.IsCompleted) return; task.Wait();")]
    [InlineData("if (!task.IsCompleted) { throw new InvalidOperationException(); } _ = task.Result;")]
    [InlineData("if (task is { IsCompletedSuccessfully: true }) _ = task.Result;")]
    [InlineData("var done = task.IsCompleted && task.Result > 0;")]
    [InlineData("var done = !task.IsCompleted || task.Result > 0;")]
    [InlineData("await Task.WhenAll(task, other); _ = task.Result + other.Result;")]
    [InlineData("try { await task; } finally { Log(); } _ = task.Result;")]
    [InlineData("try { await task; } catch (InvalidOperationException) { return; } _ = task.Result;")]
    [InlineData("try { Log(); } finally { await task; } _ = task.Result;")]
    [InlineData("using (ct.Register(() => { })) { await task; } _ = task.Result;")]
    [InlineData("while (!task.IsCompleted) { await other; } _ = task.Result;")]
    [InlineData("do { await other; } while (!task.IsCompleted); _ = task.Result;")]
    [InlineData("if (!task.IsCompletedSuccessfully) { await task; } _ = task.Result;")]
    [InlineData("if (ct.CanBeCanceled) { await task; } else { return; } _ = task.Result;")]
    [InlineData("{ await task; } _ = task.Result;")]
    [InlineData("await task.WaitAsync(ct); _ = task.Result;")]
    [InlineData("_ = task.ContinueWith(t => t.Result);")]
    [InlineData("_ = nameof(task.Result);")]
    [InlineData("_ = new Answer().Result;")]
    [InlineData("Task<int>[] all = [task, other]; await Task.WhenAll(all); _ = System.Linq.Enumerable.Sum(all, t => t.Result);")]
    [InlineData("var all = new List<Task<int>> { task, other }; await Task.WhenAll(all).ConfigureAwait(false); _ = System.Linq.Enumerable.ToList(System.Linq.Enumerable.Select(System.Linq.Enumerable.Where(all, t => t.IsCompletedSuccessfully), t => t.Result));")]
    [InlineData("Task<int>[] all = [task, other]; await Task.WhenAll(all); foreach (var one in all) { _ = one.Result + all[0].Result; }")]
    [InlineData("var first = await Task.WhenAny(task, other); _ = first.Result;")]
    [InlineData("_ = (await Task.WhenAny(task, other)).Result;")]
    [InlineData("var first = await Task.WhenAny(task, other); _ = first == task ? task.Result : 0;")]
    [InlineData("var first = await Task.WhenAny(task, Task.Delay(5, ct)); if (first != task) { return; } _ = task.Result;")]
    [InlineData("var waiter = task.GetAwaiter(); if (waiter.IsCompleted) _ = waiter.GetResult();")]
    [InlineData("var waiter = task.GetAwaiter(); waiter.OnCompleted(() => _ = waiter.GetResult());")]
    [InlineData("await task; var waiter = task.GetAwaiter(); _ = waiter.GetResult();")]
    [InlineData("await foreach (var one in Task.WhenEach(task, other)) { _ = one.Result; }")]
    [InlineData("await foreach (var one in Task.WhenEach(task, other).WithCancellation(ct).ConfigureAwait(false)) { _ = one.Result; }")]
    [InlineData("var all = new Dictionary<string, Task<int>> { [\"a\"] = task }; await Task.WhenAll(all.Values); _ = all[\"a\"].Result;")]
    [InlineData("var all = new Dictionary<string, Task<int>> { [\"a\"] = task }; await Task.WhenAll(all.Values); foreach (var pair in all) { _ = pair.Value.Result; }")]
    [InlineData("var all = new Dictionary<string, Task<int>> { [\"a\"] = task }; await Task.WhenAll(all.Values); foreach (var one in all.Values) { _ = one.Result; }")]
    [InlineData("if (task.Status == TaskStatus.RanToCompletion) { _ = task.Result; }")]
    [InlineData("if (TaskStatus.RanToCompletion != task.Status) { return; } _ = task.Result;")]
    [InlineData("if (task.Status is TaskStatus.RanToCompletion) { _ = task.Result; }")]
    [InlineData("task = Load(); await task; _ = task.Result;")]
    public Task AF0205_is_silent_where_nothing_blocks(string statement) => Expect.Members(Blocking(statement));

    [Fact]
    public Task AF0206_an_optional_token() => Expect.Members("""
        [Action] async Task Write() => await {|AF0206:Save|}(1);
        Task Save(int count, CancellationToken ct = default) => Task.CompletedTask;
        """);

    [Fact]
    public Task AF0206_an_overload_with_a_token() => Expect.Members("""
        [Action] Task Write() => Task.{|AF0206:Delay|}(1);
        [Action] Task<T> {|AF0209:Odd|}<T>([Input] T value) => {|AF0206:Load|}(value);
        Task<T> Load<T>(T value) => throw null!;
        Task<T> Load<T>(T value, CancellationToken ct) => throw null!;
        """);

    [Fact]
    public async Task AF0206_is_said_once_an_action()
    {
        var found = await Expect.Members("""
            [Action] async Task Write()
            {
                await Task.{|AF0206:Yield|}(0);
                await Task.Delay(1);
                await this.Save();
            }

            Task Save(CancellationToken ct = default) => Task.CompletedTask;
            """.Replace("{|AF0206:Yield|}(0)", "{|AF0206:Delay|}(2)", StringComparison.Ordinal));
        Assert.Equal(2, found[0].AdditionalLocations.Count);
    }

    [Fact]
    public Task AF0206_is_silent_with_a_token_at_hand_or_none_to_take() => Expect.Members("""
        [Action] Task A(CancellationToken ct) => Task.Delay(1);
        [Action] Task B() => Task.Delay(1, CancellationToken.None);
        [Action] Task C() => Parallel.ForEachAsync(new[] { 1 }, CancellationToken.None, async (_, ct) => await Task.Delay(1));
        [Action] Task D() => Plain();
        [Action] void E() { Delay(1); _ = nameof(Task.Delay); }
        Task Plain() => Task.Delay(1);
        void Delay(int time) { }
        void Delay(string time, CancellationToken ct) { }
        """);

    private static string Mutating(string statement) => $$"""
        public struct Point { public int X; }
        public sealed class Other { public int Value { get; set; } }

        [Agent]
        public sealed partial class Counter(int captured)
        {
            private int _count = captured;
            private string? _text;
            private Point _point;
            private readonly Other _other = new();
            private readonly int[] _numbers = new int[1];
            private int Property { get; set; }
            private static int Shared { get; set; }
            private event Action? Changed;
            private int this[int index] { get => index; set { } }
            private static void Helper() => Shared++;
            private void Use() => Changed?.Invoke();

            [Action] void Run1([Input] int limit) { {{statement}} }
        }
        """;

    private static string Blocking(string statement) => $$"""
        [Action] async Task Act(CancellationToken ct)
        {
            var task = Load();
            var other = Load();
            var value = new ValueTask<int>(1);
            await Task.Yield();
            {{statement}}
        }

        Task<int> Load() => Task.FromResult(1);
        bool Log() => true;
        sealed class Answer { public int Result => 1; }
        """;
}
