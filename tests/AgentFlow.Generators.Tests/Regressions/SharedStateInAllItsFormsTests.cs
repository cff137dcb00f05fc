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
    [InlineData("private int _n; private int Stand(Exception e) { {|AF0204:_n|}++; return 1; } [Action, Fallback(nameof(Stand))] int Get() => 7;")]
    [InlineData("private int _n; private void Undo(int get) => {|AF0204:_n|}--; [Action, Compensate(nameof(Undo))] int Get() => 7;")]
    [InlineData("private int _n; private bool Is(int start) { {|AF0204:_n|}++; return start > 0; } [Action] int Start() => 1; [Action, When(nameof(Is))] void Get(int start) { }")]
    [InlineData("private int _n; private string? Check(int get) { {|AF0204:_n|}++; return null; } [Action, Ensures(nameof(Check))] int Get() => 7;")]
    [InlineData("private int _n; private void Count() => {|AF0204:_n|}++; private void Log() => Count(); [Action] int Get() { Log(); return 7; }")]
    [InlineData("private int _n; private int Next(int x) => {|AF0204:_n|} += x; [Action] int[] Get() => Array.ConvertAll([1, 2], Next);")]
    [InlineData("private int _n; private readonly Lock _gate = new(); [Action] int Get() { lock (_gate) { return ++{|AF0204:_n|}; } }")]
    [InlineData("private int _n; private readonly Lock _gate = new(); private void Count() => {|AF0204:_n|}++; [Action] int Get() { lock (_gate) { Count(); } return 7; }")]
    public Task It_is_found(string members) => Expect.Members(members);

    [Theory]
    [InlineData("private readonly List<int> _log; public Demo(List<int> log) => _log = log; [Action] void Get() { _log.Add(1); }")]
    [InlineData("private readonly List<int> _log; public Demo(List<int> log) { this._log = log ?? throw new ArgumentNullException(nameof(log)); } [Action] void Get() { _log.Add(1); }")]
    [InlineData("public required List<int> Log { get; init; } [Action] void Get() { Log.Add(1); }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var seen = new List<int>(_seen); seen.Add(1); return seen.Count; }")]
    [InlineData("private readonly List<int> _seen = []; [Action] int Get() { var seen = _seen; seen = []; seen.Add(1); return seen.Count; }")]
    [InlineData("private readonly System.Text.StringBuilder _log = new(); [Action] int Get() { lock (_log) { _log.Append(1); } return _log.Length; }")]
    [InlineData("private readonly int[] _ranks = [2, 1]; [Action] int Get() => Array.IndexOf(_ranks, 1);")]
    [InlineData("private readonly System.Collections.Immutable.ImmutableList<int> _seen = []; [Action] int Get() => _seen.Add(1).Count;")]
    [InlineData("private int _n; public void Reset() => _n = 0; [Action] int Get() => _n;")]
    [InlineData("private readonly List<int> _seen = []; private void Count() => _seen.Add(1); [Action] int Get() { lock (_seen) { Count(); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private readonly Lock _gate = new(); [Action] int Get() { using (_gate.EnterScope()) { _seen.Add(1); } return 7; }")]
    [InlineData("private readonly List<int> _seen = []; private readonly Lock _gate = new(); [Action] int Get() { using var scope = _gate.EnterScope(); _seen.Add(1); return 7; }")]
    public Task It_is_not_taken_for_it(string members) => Expect.Members(members);
}
