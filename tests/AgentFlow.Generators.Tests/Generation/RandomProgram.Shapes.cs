using System.Globalization;

namespace AgentFlow.Generators.Tests.Generation;

/// <content>What stands beside the chain of actions: members, base classes, branches, loops over elements, tools, and rare types and
/// defaults.</content>
internal sealed partial class RandomProgram
{
    /// <summary>Types that few values are of: what cannot be kept, named or recorded among them.</summary>
    private string Rare(int depth)
    {
        if (_isDurable && !Chance(6))
        {
            return One("Uri", "TimeSpan", "DateTimeOffset", "DateOnly", "TimeOnly", "IReadOnlyList<int>", "int[][]", "HashSet<string>", "KeyValuePair<string, Page>", "Ticket", "Circle", "Guid?", "DateTime?", "Queue<int>", "(int, int, int, int, int, int, int, int, string)", "Nested.Inner", "Nested.Deep<int>.Deeper<string>");
        }

        var type = One(
            "int[,]", "int[][]", "int[,][]", "Memory<byte>", "ReadOnlyMemory<char>", "HashSet<string>", "SortedDictionary<string, int>",
            "KeyValuePair<string, Page>", "Func<int, string>", "Action<int>", "Task<int>", "ValueTask<string>", "Task<Task<int>>", "IAsyncEnumerable<int>", "Lazy<int>", "Uri", "TimeSpan",
            "DateTimeOffset", "DateOnly", "TimeOnly", "System.Text.Json.JsonElement", "System.Text.Json.Nodes.JsonNode", "Exception", "Type", "System.IO.Stream", "IReadOnlyList<int>",
            "IEnumerable<string>", "IReadOnlyDictionary<string, Point>", "(int, int, int, int, int, int, int, int, string)", "Nested.Inner", "Nested.Deep<int>.Deeper<string>", "IShape", "Circle",
            "Half", "Int128", "System.Numerics.BigInteger", "Version", "Index", "Range", "CancellationToken", "ActionContext", "RunOptions", "Ticket", "Guid?", "DateTime?", "ArraySegment<byte>",
            "ImmutableDictionary<string, int>", "Queue<int>", "LinkedList<int>", "Stack<string>", "object[]", "Delegate", "Enum", "IComparable");
        if (depth == 0 && Chance(20))
        {
            return One("Span<byte>", "ReadOnlySpan<char>", "OnStack", "int*[]", "delegate*<int, void>[]", "void*");
        }

        return _hasAlias && Chance(2) ? One("vendor::Vendor.Note", "List<vendor::Vendor.Note>", "vendor::Vendor.Note.Of<int>") : type;
    }

    private void Members()
    {
        for (var i = _random.Next(12) - 8; i > 0; i--)
        {
            var name = Fresh(AnyName());
            _source.AppendLine(One(
                $"    public int {name} {{ get; init; }}",
                $"    private readonly string {name} = \"\";",
                $"    private const int {name} = 3;",
                $"    private sealed class {name};",
                $"    private enum {name} {{ A }}",
                $"    public event Action<int> {name};",
                $"    private delegate void {name}();",
                $"    private static int {name}<TOther>(TOther other) => 1;",
                $"    private interface {name} {{ int Of {{ get; }} }}",
                $"    public required int {name} {{ get; set; }}"));
        }

        if (Chance(15))
        {
            _source.AppendLine(One("    public int this[int at] => at;", "    public static bool operator !(Desk desk) => true;", "    public static implicit operator int(Desk desk) => 1;", "    ~Desk() { }", "    public Desk(int of) { }", "    private Desk() { }"));
        }
    }

    /// <summary>Members of kinds that are written in two parts, or that the compiler treats in its own way.</summary>
    private void More()
    {
        for (var i = Chance(6) ? 1 + _random.Next(2) : 0; i > 0; i--)
        {
            var name = Fresh(AnyName());
            _source.AppendLine(One(
                $"    private partial int {name} {{ get; }} private partial int {name} => field + 1;",
                $"    private partial int {name}(int of); private partial int {name}(int of) => of;",
                $"    private static int {name}(__arglist) => 1;",
                $"    [System.Diagnostics.Conditional(\"NO\")] private void {name}() {{ }}",
                $"    private static ref int {name}(int[] of) => ref of[0];",
                $"    private int {name} {{ get => field; set => field = value; }}",
                $"    private record struct {name}(int Of);",
                $"    private static unsafe int* {name}(int* of) => of;"));
        }

        if (Chance(25))
        {
            var name = Fresh(AnyName());
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action] private static int {name}([Input] int start, {One("__arglist", "ref int by", "out int by", "in int by", "ref readonly int by", "params ReadOnlySpan<int> by", "scoped Span<int> by")}) => throw null!;");
        }

        if (_parameter is not null && !_isOblivious && Chance(2))
        {
            var name = Fresh("Any_");
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action(Mode = ActionMode.FireAndForget)] private void {name}([Input] {_parameter}? any_ = default, [Input] List<{_parameter}>? all_ = null) {{ }}");
        }

        if (Chance(12))
        {
            var name = Fresh(AnyName());
            var more = One("", ", Ints ints_", ", Pair pair_");
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action(Mode = ActionMode.FireAndForget)] private partial void {name}([Input] int start{more.Replace(", ", ", [Input] ", StringComparison.Ordinal)}); private partial void {name}(int {One("start", "other")}{more}) {{ }}");
        }
    }

    /// <summary>What a primary constructor takes, if there is one.</summary>
    private string Given(string kind) => kind.Contains("partial", StringComparison.Ordinal) && !kind.Contains("static", StringComparison.Ordinal) && Chance(8)
        ? One("(int given)", "(in int given, IServiceProvider services)", "(params int[] given)", "(Func<int, int> given, string more = \"\\u2028\")")
        : "";

    private void Ancestor()
    {
        if (Chance(4))
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"public abstract class Eldest {{ {One("protected int Tools => 1;", "protected int Graph => 1;", "protected int Look_Tool() => 1;", "private int Graph => 1;", "public class Signals;", "protected int State;", "public Task RunAsync() => global::System.Threading.Tasks.Task.CompletedTask;")} }}");
            _eldest = " : Eldest";
        }

        _source.AppendLine(CultureInfo.InvariantCulture, $"{(Chance(3) ? "[Agent(Durable = false, Name = \"" + _space + "ancestor\")" + One("", ", Tool(Name = \"ancestor\")") + "] public" : "public abstract")} partial class Ancestor{(Chance(3) ? $"({Type()} of = default)" : "")}{_eldest}");
        _source.AppendLine("{");
        var type = Type();
        _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action] {One("protected virtual", "public static", "internal", "private", "private static", "public virtual", "protected")} {type} Inherited([Input] int start) => {Value(type)};");
        _source.AppendLine("}");
        _taken.Add("Inherited");
    }

    private void Policies(string name, string type, string made, List<string> attributes)
    {
        var plain = name.TrimStart('@');
        if (Chance(10))
        {
            attributes.Add(One("Timeout(\"00:00:10\")", "Timeout(\"00:00:10\", Idle = \"00:00:01\")", "Timeout(\"49.00:00:00\")"));
        }

        if (Chance(10))
        {
            attributes.Add(One("Cache(\"00:01:00\")", "Cache(\"00:01:00\", Capacity = 3)"));
        }

        if (Chance(12))
        {
            var undo = Fresh("Undo" + plain);
            _source.AppendLine(CultureInfo.InvariantCulture, $"    private {One("static ", "")}{One("void", "Task", "ValueTask")} {undo}([From(nameof({name}))] {made} made_{One("", ", Exception why", ", CancellationToken ct", ", ActionContext context")}) => throw new NotSupportedException();");
            attributes.Add($"Compensate(nameof({undo}))");
        }

        if (Chance(12) && _values.Count > 0)
        {
            attributes.Add($"DependsOn(nameof({_values[_random.Next(_values.Count)].Name}))");
        }

        if (Chance(60))
        {
            attributes.Add("Optional");
        }

        if (_isDurable && Chance(20))
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Upcast(nameof({name}))] private static {made} {Fresh("Upcast" + plain)}({One("Ticket", "Point", "string")} old) => {Value(made)};");
        }
    }

    /// <summary>Two actions of which one runs, and what merges or races them.</summary>
    private void Branches()
    {
        if (!Chance(4))
        {
            return;
        }

        var (source, type) = _values[_random.Next(_values.Count)];
        var made = Type();
        var (left, right, merged, picks) = (Fresh(AnyName()), Fresh(AnyName()), Fresh(AnyName()), Fresh("Picks_"));
        _source.AppendLine(CultureInfo.InvariantCulture, $"    private {One("static ", "")}bool {picks}([From(nameof({source}))] {type} of{One("", ", CancellationToken ct", ", [Input] int start")}) => true;");
        _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action, When(nameof({picks}))] private {made} {left}([From(nameof({source}))] {type} of) => {Value(made)};");
        _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action] private async Task<{made}> {right}([From(nameof({source}))] {type} of) {{ await global::System.Threading.Tasks.Task.Yield(); return {Value(made)}; }}");
        var take = One("", "", ", Take = Take.First", ", Take = Take.First, CancelOthers = true");
        _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action] private {made} {merged}([From(nameof({left}), nameof({right}){take})] {made} either) => either;");
        _values.Add((merged, made));
    }

    /// <summary>An action over the elements of another's output.</summary>
    private void Each()
    {
        var sources = _values.Where(static value => value.Type.EndsWith("[]", StringComparison.Ordinal) && !value.Type.Contains("[,", StringComparison.Ordinal)).ToList();
        if (sources.Count == 0)
        {
            return;
        }

        var (source, type) = sources[_random.Next(sources.Count)];
        var element = type[..^2];
        var made = Type();
        var (name, picks) = (Fresh(AnyName()), Fresh("Enough_"));
        var until = Chance(3) ? $", Until = nameof({picks})" : "";
        if (until.Length > 0)
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    private static bool {picks}({made} result{One("", ", CancellationToken ct", ", ActionContext context")}) => true;");
        }

        var more = One("", "", $", Requires(nameof({picks}2))", ", Retry(2)", "", ", Cache(\"00:01:00\")");
        if (more.StartsWith(", Requires", StringComparison.Ordinal))
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    private static bool {picks}2([Item] {element} one) => true;");
        }

        _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action, ForEach(nameof({source}){One("", ", MaxParallel = 2")}{One("", ", AllowPartialFailure = true")}{until}){more}] private {made} {name}([Item] {element} {One("item", "one", "element", "at")}, [Input] int start) => {Value(made)};");
        _values.Add((name, made + "[]"));
    }

    private string _eldest = "";

    private void Tools()
    {
        for (var i = _random.Next(7) - 4; i > 0; i--)
        {
            var name = AnyName();
            _source.AppendLine(CultureInfo.InvariantCulture, $"    /// <summary>A tool {One("&lt;x&gt;", "&amp;#x2028;", "'''\"\"\"\"", "")}.</summary><param name=\"{name.TrimStart('@')}\">p</param>");
            var returns = One("Page", "Task<Point>", "void", "Kind", "ValueTask", Type(), $"Task<{Type()}>");
            var attributes = One("", "", "(Name = \"a_b\")", "(Approval = ApprovalPolicy.Required)", "(Name = \"no name\")");
            var more = One("", ", CancellationToken ct", ", ActionContext context", ", [Service] IServiceProvider services");
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Tool{attributes}{(Chance(9) ? One(", Obsolete(\"x\")", ", Obsolete(\"x\", error: true)", ", System.Diagnostics.CodeAnalysis.Experimental(\"OLD001\")") : "")}] public {One("static ", "")}{returns} {Fresh(Chance(3) ? AnyName() : "Look_")}({One("Page", Type())} {name}{more}, {WithDefault(90 + i)}) => throw new NotSupportedException();");
        }
    }

    /// <summary>A parameter with a default, of any type that may have one.</summary>
    private string WithDefault(int index)
    {
        var name = $"d{index}";
        var input = index < 90 ? "[Input] " : "";
        return input + One(
            $"byte {name} = 1", $"sbyte {name} = -1", $"short {name} = -3", $"ushort {name} = 3", $"uint {name} = 3", $"long {name} = long.MinValue", $"ulong {name} = ulong.MaxValue",
            $"nint {name} = 3", $"nuint {name} = 3", $"char {name} = '\\''", $"char {name} = '\\u0085'", $"bool {name} = true", $"float {name} = float.NegativeInfinity", $"float {name} = 1e-40f",
            $"double {name} = double.NaN", $"double {name} = -0.0", $"decimal {name} = 79228162514264337593543950335m", $"Kind {name} = Kind.B", $"Kind {name} = (Kind)77", $"Kind? {name} = Kind.A",
            $"int? {name} = 5", $"int? {name} = null", $"byte? {name} = 1", $"string{Mark} {name} = null", $"string {name} = \"a\\u2028\\r\\n\\\"{{}}\\\\\"", $"string {name} = \"\\ud800\"", $"Page{Mark} {name} = null",
            $"Point {name} = default", $"DateTime {name} = default", $"Guid {name} = new()", $"CancellationToken {name} = default", $"object{Mark} {name} = null", $"List<int>{Mark} {name} = null",
            $"(int A, string B) {name} = default", $"decimal? {name} = 1.50m", $"TimeSpan? {name} = null", $"ConsoleColor {name} = ConsoleColor.Red", $"params int[] {name}",
            $"[System.Runtime.InteropServices.Optional, System.Runtime.InteropServices.DefaultParameterValue(4)] int {name}", $"[System.Runtime.CompilerServices.CallerMemberName] string {name} = \"\"");
    }
}
