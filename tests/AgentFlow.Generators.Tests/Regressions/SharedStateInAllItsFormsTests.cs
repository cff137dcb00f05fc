using AgentFlow.Generators.Tests.Harness;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>State that runs share was found in its plainest form alone, and what a constructor hands in was taken for it.</summary>
public sealed class SharedStateInAllItsFormsTests
{
    [Theory]
    [InlineData("private readonly List<int>? _seen = []; [Action] int Get() { {|AF0204:_seen|}?.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var seen = {|AF0204:_seen|}; seen.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { ((ICollection<int>){|AF0204:_seen|}).Add(1); return 7; }")]
    [InlineData("private readonly Dictionary<string, int> _counts = []; [Action] int Get() { var counts = {|AF0204:_counts|}; counts[\"k\"] = 1; return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { Array.Sort({|AF0204:_ranks|}); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { Array.Fill({|AF0204:_ranks|}, 3); return 7; }")]
    [InlineData("private readonly System.Text.StringBuilder _log = new(); [Action] int Get() { {|AF0204:_log|}.Append(1); return 7; }")]
    [InlineData("private readonly System.Collections.Immutable.ImmutableList<int>.Builder _seen = System.Collections.Immutable.ImmutableList.CreateBuilder<int>(); [Action] int Get() { {|AF0204:_seen|}.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { System.Runtime.InteropServices.CollectionsMarshal.SetCount({|AF0204:_seen|}, 3); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { ({|AF0204:_ranks|}[0], {|AF0204:_ranks|}[1]) = (1, 2); return 7; }")]
    [InlineData("private readonly Dictionary<string, int> _counts = []; [Action] int Get() { int n; (n, ({|AF0204:_counts|}[\"a\"], _)) = (1, (2, 3)); return n; }")]
    [InlineData("private readonly List<int> _seen = [1]; [Action] int Get() { {|AF0204:_seen|}[^1] = 2; return 7; }")]
    [InlineData("private readonly System.Text.StringBuilder _log = new(\"a\"); [Action] int Get() { {|AF0204:_log|}[0] = 'b'; return 7; }")]
    [InlineData("private readonly System.Text.StringBuilder _log = new(\"a\"); [Action] int Get() { {|AF0204:_log|}[^1] = 'b'; return 7; }")]
    [InlineData("private readonly System.Text.StringBuilder _log = new(); [Action] int Get() { {|AF0204:_log|}.Length = 0; return 7; }")]
    [InlineData("private readonly Dictionary<string, List<int>> _seen = []; [Action] int Get() { foreach (var pair in {|AF0204:_seen|}) { pair.Value.Add(1); } return 7; }")]
    [InlineData("private int _n; private int Stand(Exception e) { {|AF0204:_n|}++; return 1; } [Action, Fallback(nameof(Stand))] int Get() => 7;")]
    [InlineData("private int _n; private void Undo(int get) => {|AF0204:_n|}--; [Action, Compensate(nameof(Undo))] int Get() => 7;")]
    [InlineData("private int _n; private bool Is(int start) { {|AF0204:_n|}++; return start > 0; } [Action] int Start() => 1; [Action, When(nameof(Is))] void Get(int start) { }")]
    [InlineData("private int _n; private string? Check(int get) { {|AF0204:_n|}++; return null; } [Action, Ensures(nameof(Check))] int Get() => 7;")]
    [InlineData("private int _n; private void Count() => {|AF0204:_n|}++; private void Log() => Count(); [Action] int Get() { Log(); return 7; }")]
    [InlineData("private int _n; private int Next(int x) => {|AF0204:_n|} += x; [Action] int[] Get() => Array.ConvertAll([1, 2], Next);")]
    [InlineData("private int _n; private readonly Lock _gate = new(); [Action] int Get() { lock (_gate) { return ++{|AF0204:_n|}; } }")]
    [InlineData("private int _n; private readonly Lock _gate = new(); private void Count() => {|AF0204:_n|}++; [Action] int Get() { lock (_gate) { Count(); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var (seen, n) = ({|AF0204:_seen|}, 1); seen.Add(n); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { (var seen, var n) = ({|AF0204:_seen|}, 1); seen.Add(n); return 7; }")]
    [InlineData("private readonly List<int>? _seen = []; [Action] int Get() { if ({|AF0204:_seen|} is { } seen) { seen.Add(1); } return 7; }")]
    [InlineData("private readonly List<int>? _seen = []; [Action] int Get() { if ({|AF0204:_seen|} is not { Count: > 1 } seen) { return 1; } seen.Add(1); return 7; }")]
    [InlineData("private readonly object _seen = new List<int>(); [Action] int Get() { switch ({|AF0204:_seen|}) { case List<int> seen: seen.Add(1); break; } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get([Input] bool isNew) { var seen = isNew ? new List<int>() : {|AF0204:_seen|}; seen.Add(1); return 7; }")]
    [InlineData("private readonly List<int>? _seen = []; [Action] int Get() { ({|AF0204:_seen|} ?? []).Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get([Input] int n) { (n switch { 1 => {|AF0204:_seen|}, _ => new List<int>() }).Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private int _n; [Action] int Get() { var me = this; {|AF0204:me._seen|}.Add(1); {|AF0204:me._n|}++; return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { Span<int> ranks = {|AF0204:_ranks|}; ranks[0] = 1; return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { {|AF0204:_ranks|}.AsSpan().Clear(); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { {|AF0204:_ranks|}.AsSpan(1).Sort(); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { System.Runtime.InteropServices.CollectionsMarshal.AsSpan({|AF0204:_seen|})[0] = 1; return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get([Input] List<int> more) { more.ForEach({|AF0204:_seen|}.Add); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private List<int> Seen() => _seen; [Action] int Get() { {|AF0204:Seen()|}.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private List<int> Seen { get { return this._seen; } } [Action] int Get() { {|AF0204:Seen|}.Add(1); return 7; }")]
    [InlineData("private readonly Dictionary<string, List<int>> _seen = []; [Action] int Get() { {|AF0204:_seen|}[\"a\"].Add(1); return 7; }")]
    [InlineData("private readonly List<int>[] _seen = []; [Action] int Get() { {|AF0204:_seen|}[0].Add(1); return 7; }")]
    [InlineData("private readonly Dictionary<string, List<int>> _seen = []; [Action] int Get() { if ({|AF0204:_seen|}.TryGetValue(\"a\", out var seen)) { seen.Add(1); } return 7; }")]
    [InlineData("private readonly Dictionary<string, List<int>> _seen = []; [Action] int Get() { foreach (var seen in {|AF0204:_seen|}.Values) { seen.Clear(); } return 7; }")]
    [InlineData("private readonly IDictionary<string, int> _seen = new Dictionary<string, int>(); [Action] int Get() { {|AF0204:_seen|}.TryAdd(\"a\", 1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { {|AF0204:_seen|}.AddRange([1, 2]); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { {|AF0204:_seen|}.AddRange((ReadOnlySpan<int>)[1, 2]); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private static void Put(List<int> list, int x) => list.Add(x); [Action] int Get() { Put({|AF0204:_seen|}, 1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private static void Put(List<int> list) => Put(1, list); private static void Put(int x, List<int> list) => list.Add(x); [Action] int Get() { Put({|AF0204:_seen|}); return 7; }")]
    [InlineData("private static readonly List<int> s_seen = []; [Action] int Get() { {|AF0204:s_seen|}.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { Put({|AF0204:_seen|}); return 7; static void Put(List<int> list) => list.Add(1); }")]
    [InlineData("private readonly List<List<int>> _all = []; [Action] int Get() { foreach (var list in {|AF0204:_all|}) { list.Add(1); } return 7; }")]
    [InlineData("private int _n; private int Next => ++{|AF0204:_n|}; [Action] int Get() => Next;")]
    [InlineData("private int _n; private int Next { get { return {|AF0204:_n|}++; } } private int Twice() => Next + Next; [Action] int Get() => Twice();")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { lock (new object()) { {|AF0204:_seen|}.Add(1); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var gate = new Lock(); lock (gate) { {|AF0204:_seen|}.Add(1); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var pair = ({|AF0204:_seen|}, 1); pair.Item1.Add(pair.Item2); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var pair = (N: 1, Seen: {|AF0204:_seen|}); pair.Seen.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var both = new { Seen = {|AF0204:_seen|}, N = 1 }; both.Seen.Add(1); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get([Input] int[] n) { n.CopyTo({|AF0204:_ranks|}, 0); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get([Input] int[] n) { n.AsSpan().CopyTo({|AF0204:_ranks|}); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get([Input] int[] n) { Array.Copy(n, {|AF0204:_ranks|}, 1); Buffer.BlockCopy(n, 0, {|AF0204:_ranks|}, 0, 4); return 7; }")]
    [InlineData("private int _n; private ref int Slot() => ref _n; [Action] int Get() { {|AF0204:Slot()|} = 1; return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { ref var rank = ref {|AF0204:_ranks|}[0]; rank = 1; return 7; }")]
    [InlineData("private readonly List<List<int>> _all = []; [Action] int Get() { System.Linq.Enumerable.First({|AF0204:_all|}).Add(1); {|AF0204:_all|}.Find(l => l.Count > 1)!.Add(1); return 7; }")]
    [InlineData("private readonly Lazy<List<int>> _seen = new(() => []); [Action] int Get() { {|AF0204:_seen|}.Value.Add(1); return 7; }")]
    [InlineData("private int _n; private static void Set(Demo demo, int n) => {|AF0204:demo._n|} = n; [Action] int Get([Input] int n) { Set(this, n); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private static void Put(Demo demo) => {|AF0204:demo._seen|}.Add(1); [Action] int Get() { Put(this); return 7; }")]
    [InlineData("private readonly IDictionary<string, int> _seen; public Demo(int n) => (_seen, _n) = (new Dictionary<string, int>(), n); private readonly int _n; [Action] int Get() { {|AF0204:_seen|}[\"a\"] = 1; return _n; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { Random.Shared.Shuffle({|AF0204:_ranks|}); return 7; }")]
    [InlineData("private readonly byte[] _bytes = [2, 1]; [Action] int Get() { Random.Shared.NextBytes({|AF0204:_bytes|}); return 7; }")]
    [InlineData("private readonly byte[] _bytes = [2, 1]; [Action] int Get() => System.Text.Encoding.UTF8.GetBytes(\"a\", 0, 1, {|AF0204:_bytes|}, 0);")]
    [InlineData("private readonly byte[] _bytes = [2, 1]; [Action] int Get([Service] System.IO.Stream file) => file.Read({|AF0204:_bytes|}, 0, 1) + file.Read({|AF0204:_bytes|});")]
    [InlineData("private readonly byte[] _bytes = [2, 1]; [Action] async Task<int> Get([Service] System.IO.Stream file, CancellationToken ct) => await file.ReadAsync({|AF0204:_bytes|}, ct);")]
    [InlineData("private readonly char[] _text = ['2']; [Action] int Get() { 7.TryFormat({|AF0204:_text|}, out var n); return n; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { {|AF0204:_ranks|}.SetValue(1, 0); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { foreach (ref var rank in {|AF0204:_ranks|}.AsSpan()) { rank++; } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { if (this is { {|AF0204:_seen|}: var seen }) { seen.Add(1); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { switch (this) { case { {|AF0204:_seen|}: { Count: > 1 } seen }: seen.Add(1); break; } return 7; }")]
    public Task It_is_found(string members) => Expect.Members(members);

    [Theory]
    [InlineData("private readonly List<int> _log; public Demo(List<int> log) => _log = log; [Action] void Get() { _log.Add(1); }")]
    [InlineData("private readonly List<int> _log; public Demo(List<int> log) { this._log = log ?? throw new ArgumentNullException(nameof(log)); } [Action] void Get() { _log.Add(1); }")]
    [InlineData("public required List<int> Log { get; init; } [Action] void Get() { Log.Add(1); }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var seen = new List<int>(_seen); seen.Add(1); return seen.Count; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var seen = _seen; seen = []; seen.Add(1); return seen.Count; }")]
    [InlineData("private readonly System.Text.StringBuilder _log = new(); [Action] int Get() { lock (_log) { _log.Append(1); } return _log.Length; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() => Array.IndexOf(_ranks, 1);")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { int[] tail = _ranks[1..]; Array.Sort(tail); return tail[0]; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { var head = _ranks[..1]; head[0] = 2; head[^1]++; return head[0]; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { Range all = ..; var ranks = _ranks[all]; ranks[0] = 2; return ranks[0]; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { var (a, b) = (_ranks[0], _ranks[^1]); (a, b) = (b, a); return a; }")]
    [InlineData("private readonly System.Collections.Immutable.ImmutableList<int> _seen = []; [Action] int Get() => _seen.Add(1).Count;")]
    [InlineData("private int _n; public void Reset() => _n = 0; [Action] int Get() => _n;")]
    [InlineData("private readonly List<int> _seen = []; private void Count() => _seen.Add(1); [Action] int Get() { lock (_seen) { Count(); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private readonly Lock _gate = new(); [Action] int Get() { using (_gate.EnterScope()) { _seen.Add(1); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private readonly Lock _gate = new(); [Action] int Get() { using var scope = _gate.EnterScope(); _seen.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen; public Demo(List<int> seen) => _seen = seen; private List<int> Seen => _seen; [Action] int Get() { Seen.Add(1); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private static int Count(List<int> list) => list.Count; [Action] int Get() => Count(_seen);")]
    [InlineData("private readonly List<int> _seen = []; private static void Put(List<int> list) { lock (list) { list.Add(1); } } [Action] int Get() { Put(_seen); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private static void Put(List<int> list) => list.Add(1); [Action] int Get() { lock (_seen) { Put(_seen); } return 7; }")]
    [InlineData("private static int s_n; [Action] int Get() => Interlocked.Increment(ref s_n);")]
    [InlineData("private readonly List<int> _seen = []; private readonly object _gate = new(); [Action] int Get() { var gate = _gate; lock (gate) { _seen.Add(1); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var pair = (_seen, new List<int>()); pair.Item2.Add(_seen.Count); return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var both = new { Seen = _seen, Made = new List<int>() }; both.Made.Add(both.Seen.Count); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int[] Get() { var copy = new int[2]; _ranks.CopyTo(copy, 0); Array.Copy(_ranks, copy, 2); return copy; }")]
    [InlineData("private int _n; private static int Of(Demo demo) => demo._n; [Action] int Get() => Of(this);")]
    [InlineData("private static readonly List<int> s_seen = []; private static readonly Lock s_gate = new(); [Action] int Get() { lock (s_gate) { s_seen.Add(1); } return 7; }")]
    [InlineData("private readonly int[] _counts = new int[3]; [Action] int Get() => Interlocked.Increment(ref _counts[0]);")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { Span<int> seen = [.. _seen]; seen[0] = 1; return 7; }")]
    [InlineData("private readonly List<string> _seen = []; [Action] int Get() { foreach (var seen in _seen) { var parts = new List<string> { seen }; parts.Add(seen); } return 7; }")]
    [InlineData("private readonly List<int> _s; private readonly int _n; public Demo(List<int> s, int n) => (_s, _n) = (s, n); [Action] void Get() { _s.Add(_n); }")]
    [InlineData("private List<int> Fresh => [1, 2]; [Action] int Get() { var fresh = Fresh; fresh.Add(1); return fresh.Count; }")]
    [InlineData("private List<int> Fresh { get { return new List<int>(); } } [Action] int Get() { Fresh.Add(1); return 7; }")]
    [InlineData("private readonly IDictionary<string, int> _seen = new System.Collections.Concurrent.ConcurrentDictionary<string, int>(); [Action] int Get() { _seen[\"a\"] = 1; return 7; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { return Count(_seen); static int Count(List<int> list) => list.Count; }")]
    [InlineData("private readonly int _n = 1; private int Next => _n + 1; private int Last { get; set; } [Action] int Get() => Next + Last;")]
    [InlineData("private readonly char[] _text = ['2']; [Action] int Get() => System.Text.Encoding.UTF8.GetBytes(_text).Length;")]
    [InlineData("private readonly byte[] _bytes = [2, 1]; [Action] int Get([Service] System.IO.Stream file) { file.Write(_bytes, 0, 1); file.Write(_bytes); return 7; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() => _ranks.AsSpan().IndexOf(1) + (_ranks.AsSpan().SequenceEqual(_ranks) ? 1 : 2);")]
    [InlineData("private readonly byte[] _bytes = [2, 1]; [Action] string Get() => Convert.ToHexString(_bytes) + string.Join(',', _bytes);")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() { var sum = 0; foreach (ref readonly var rank in _ranks.AsSpan()) { sum += rank; } return sum; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { if (this is { _seen: { Count: var count } }) { count++; return count; } return 7; }")]
    [InlineData("private readonly byte[] _bytes = [2, 1]; [Action] int Get() { var parts = new List<Memory<byte>>(); parts.Add(_bytes); return parts.Count; }")]
    public Task It_is_not_taken_for_it(string members) => Expect.Members(members);

    [Fact]
    public Task What_is_inherited_is_reported_where_it_is_called() => Expect.Source("""
        public abstract class Counting
        {
            private int _n;
            private readonly List<int> _seen = [];
            protected void Count() => Next();
            protected int Of() => _n;
            protected void Note(int x) { lock (_seen) { _seen.Add(x); } }
            private void Next() => _n++;
        }

        [Agent]
        public sealed partial class Demo : Counting
        {
            [Action] int Get() { {|AF0204:Count|}(); Note(1); return Of(); }
        }
        """);

    [Fact]
    public Task A_helper_of_another_class_that_is_given_the_agent_is_looked_into() => Expect.Source("""
        public static class Help
        {
            public static void Set(Demo demo, int n) => demo.Last = n;
            public static void Put(this Demo demo, int n) => demo.All.Add(n);
            public static int Of(Demo demo) => demo.Last;
        }

        [Agent]
        public sealed partial class Demo
        {
            public int Last { get; set; }
            public List<int> All { get; } = [];
            [Action] int Get([Input] int n) { Help.{|AF0204:Set|}(this, n); this.{|AF0204:Put|}(n); return Help.Of(this); }
        }
        """);

    [Fact]
    public Task A_helper_of_another_class_is_looked_into() => Expect.Source("""
        public static class Lists
        {
            public static void Put<T>(this ICollection<T> list, T x) => list.Add(x);
            public static int Twice<T>(this ICollection<T> list) => list.Count * 2;
        }

        [Agent]
        public sealed partial class Demo
        {
            private readonly List<int> _seen = [];
            [Action] int Get() { {|AF0204:_seen|}.Put(1); return _seen.Twice(); }
        }
        """);

    /// <summary>What a variable stands for was followed without an end.</summary>
    [Fact]
    public async Task A_variable_that_is_defined_by_itself_ends_no_compiler()
    {
        var source = "using System.Collections.Generic; [AgentFlow.Agent] public sealed partial class Demo { [AgentFlow.Action] int Get() { List<int> seen = seen; seen.Add(1); return 7; } }";
        var found = await Expect.Analyze(Compilations.Of(source));
        Assert.DoesNotContain(found, static diagnostic => diagnostic.Id == "AF0204");
    }
}
