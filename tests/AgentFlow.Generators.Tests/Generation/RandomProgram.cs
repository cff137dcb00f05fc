using System.Globalization;
using System.Text;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>
/// Sources of one agent, in a namespace of its own, made of a seed: its shape, what its parameters are called and made of, nullability, generics, nesting,
/// policies, tools. What it does is another generator's concern (<see cref="RandomAgent"/>); this one is after what compiles.
/// </summary>
internal sealed class RandomProgram
{
    /// <summary>Names in each other's way, in that of C#, of the base class library, or of what is generated.</summary>
    private static readonly string[] Names =
    [
        "Fetch", "fetch", "State", "Run", "Start", "Call", "Policy", "Execute", "ToString", "GetHashCode", "Equals", "GetType", "Item2", "Rest", "Signals_",
        "Plan", "Pool", "Agent", "Options", "Token", "Context", "Service", "Complete", "Undo", "Recycle", "Statuses", "Iteration", "Inputs", "Outputs", "Previous",
        "InputValues", "OutputValues", "StatusValues", "@class", "@event", "@default", "@async", "@await", "@var", "@record", "@field", "@value", "@nameof", "@dynamic", "@global",
        "Ünïcode", "名前", "_", "__", "_x", "x1", "Task", "String", "System", "AgentFlow", "Exception", "Unit", "JsonContracts", "Json", "Item", "Input", "Name",
        "Configure", "Dispose", "Wait", "Result", "Value", "value_", "cancellationToken", "options", "inputs", "agent", "state", "run", "idle", "at", "error", "task", "awaiter", "result", "context",
    ];

    private readonly Random _random;
    private readonly StringBuilder _source = new();
    private readonly HashSet<string> _taken = ["First", "Desk"];
    private readonly string _space;
    private readonly bool _isOblivious;
    private readonly string? _parameter;
    private readonly List<(string Name, string Type)> _values = [];

    private RandomProgram(int seed)
    {
        _random = new Random(seed);
        _space = "P" + seed.ToString(CultureInfo.InvariantCulture);
        _isOblivious = Chance(8);
        _parameter = Chance(6) ? One("T", "TState", "TItem", "State", "@in") : null;
    }

    public static string Make(int seed) => new RandomProgram(seed).Make();

    private string Make()
    {
        _source.AppendLine("using System; using System.Collections.Generic; using System.Collections.Immutable; using System.Threading; using System.Threading.Tasks; using AgentFlow;");
        if (_isOblivious)
        {
            _source.AppendLine("#nullable disable");
        }

        _source.AppendLine(CultureInfo.InvariantCulture, $"namespace Random.{_space};");
        Types();
        var hosts = Hosts();
        var durable = _parameter is null && Chance(2) ? "" : "Durable = false";
        var loops = Chance(6);
        var options = string.Join(", ", new[] { durable, loops ? "MaxIterations = 4" : "", Chance(8) ? "OnFailure = FailurePolicy.Continue" : "", Chance(9) ? "Scheduling = SchedulingMode.Waves" : "", $"Name = \"{_space}{One("", " a", "\\u2028b", "\\n<c>", "\\\"")}\"" }.Where(static option => option.Length > 0));
        _source.AppendLine(CultureInfo.InvariantCulture, $"{(Chance(9) ? "[Obsolete(\"x\", DiagnosticId = \"OLD001\")] " : "")}[Agent({options})]{(Chance(9) ? "[Timeout(\"00:10:00\")]" : "")}");
        _source.AppendLine(CultureInfo.InvariantCulture, $"{One("public", "internal")} {One("", "sealed ")}partial {One("class", "class", "record")} Desk");
        _source.AppendLine("{");
        var count = 1 + _random.Next(7);
        for (var i = 0; i < count; i++)
        {
            Action(i, loops);
        }

        Last(loops, durable.Length == 0);
        _source.AppendLine("}");
        return _source.Append('}', hosts).ToString();
    }

    private void Types()
    {
        var level = One("byte", "sbyte", "short", "ushort", "int", "uint", "long", "ulong", "float", "double", "decimal", "char");
        _source.AppendLine(CultureInfo.InvariantCulture, $"public sealed record Page(string Text, {level} Level = {(level == "char" ? "'\\u2028'" : "1")}, Kind Kind = (Kind)1, int? Count = 3, Page{Mark} Next = null);");
        _source.AppendLine(CultureInfo.InvariantCulture, $"public readonly record struct Point(double X = -0.0, float Y = float.NaN, decimal Z = 1.50m, {One("byte", "sbyte", "short", "ushort", "nint", "nuint")} W = 1);");
        _source.AppendLine(CultureInfo.InvariantCulture, $"public class Box<T> {{ public T Value {{ get; set; }}{(_isOblivious ? "" : " = default!;")} }}");
        _source.AppendLine("public enum Kind : short { A = -1, B = 1, @class = 3 }");
        _source.AppendLine("public sealed class State { public int Of { get; set; } } public sealed class Run; public sealed class Graph_; public sealed class Signals_;");
    }

    private string Mark => _isOblivious ? "" : "?";

    private int Hosts()
    {
        var hosts = _parameter is not null ? 1 : _random.Next(4) == 0 ? 1 + _random.Next(2) : 0;
        for (var i = 0; i < hosts; i++)
        {
            var parameters = i == 0 && _parameter is not null ? $"<{_parameter}>{One("", " where " + _parameter + " : class", " where " + _parameter + " : struct", " where " + _parameter + " : notnull")}" : "";
            _source.AppendLine(CultureInfo.InvariantCulture, $"{One("public", "internal")} {(parameters.Length == 0 ? One("static ", "") : "")}partial {(parameters.Length > 0 ? One("class", "struct", "record") : "class")} Host{i}{parameters}");
            _source.AppendLine("{");
        }

        return hosts;
    }

    private void Action(int index, bool loops)
    {
        var name = Fresh(index == 0 ? "First" : Names[_random.Next(Names.Length)], mayKeep: index == 0);
        var type = Type();
        var (returns, body, isAsync) = Returns(type);
        var attributes = new List<string>();
        var parameters = Parameters(index, loops, name);
        if (Chance(6))
        {
            attributes.Add($"Retry({2 + _random.Next(3)}, On = [typeof(TimeoutException), typeof(System.IO.IOException)])");
        }

        if (Chance(6) && !attributes.Contains("Retry"))
        {
            var fallback = Fresh("Other" + name.TrimStart('@'));
            _source.AppendLine(CultureInfo.InvariantCulture, $"    private {type} {fallback}(Exception error{index}, [Input] int start) => {Value(type)};");
            attributes.Add($"Fallback(nameof({fallback}))");
        }

        if (Chance(6))
        {
            var predicate = Fresh("Ok" + name.TrimStart('@'));
            _source.AppendLine(CultureInfo.InvariantCulture, $"    private {One("static ", "")}bool {predicate}([Input] int start, {One("CancellationToken ct", "ActionContext context", "ActionContext context, CancellationToken ct")}) => start > 0;");
            attributes.Add($"{One("Requires", "Ensures")}(nameof({predicate}))");
        }

        if (Chance(9))
        {
            attributes.Add("Delay(\"00:00:00.001\")");
        }

        if (Chance(12))
        {
            attributes.Add("Obsolete(\"it is old\")");
        }

        if (Chance(12))
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    public {type} {name}(object a, object b, object c, object d, object e, object f) => {Value(type)};");
        }

        attributes.Insert(0, $"Action{Options(index)}");
        _source.AppendLine(CultureInfo.InvariantCulture, $"    [{string.Join(", ", attributes)}] {One("private", "internal", "protected internal")} {One("static ", "")}{(isAsync ? "async " : "")}{returns} {name}({parameters}) {body}");
        _values.Add((name, returns.StartsWith("IAsyncEnumerable", StringComparison.Ordinal) ? type + "[]" : type));
    }

    private string Options(int index)
    {
        var options = new List<string>();
        if (Chance(5))
        {
            options.Add($"Name = \"a{index}{One("", "\\n", "\\u0085<b>", "\\u2029", " --> ", "\\ud83d\\ude00", "\\\"")}\"");
        }

        if (Chance(6))
        {
            options.Add($"Title = \"{One("fetch\\nnow <b>", "\\r", "\\u2028*/", "&amp;", "{0}")}\"");
        }

        if (Chance(9))
        {
            options.Add("Mode = ActionMode.Sync");
        }

        return options.Count == 0 ? "" : $"({string.Join(", ", options)})";
    }

    private string Parameters(int index, bool loops, string action)
    {
        var parameters = new List<string> { index == 0 ? "[Input] int start" : $"[From(nameof({_values[index - 1].Name}))] {_values[index - 1].Type} before" };
        var names = new HashSet<string> { "start", "before" };
        for (var i = _random.Next(4); i > 0; i--)
        {
            var name = Names[_random.Next(Names.Length)];
            if (!names.Add(name.TrimStart('@')))
            {
                continue;
            }

            var input = $"Input{index}{i}";
            switch (_random.Next(6))
            {
                case 0:
                    parameters.Add($"CancellationToken {name}");
                    break;
                case 1:
                    parameters.Add($"ActionContext {name}");
                    break;
                case 2 when index > 0:
                    var (source, type) = _values[_random.Next(_values.Count)];
                    parameters.Add($"[From(nameof({source}))] {type} {name}");
                    break;
                case 3:
                    parameters.Add($"[Service] IServiceProvider {name}");
                    break;
                default:
                    parameters.Add($"[Input{(_inputs.Add(name.TrimStart('@')) ? "" : $"(Name = \"{input}\")")}] {Type()} {name}");
                    break;
            }
        }

        if (loops && Chance(3) && _values.Count > 0)
        {
            var (source, type) = _values[0];
            parameters.Add($"[Previous(nameof({source}))] {type}{(type.EndsWith('?') || _isOblivious ? "" : "?")} last{(_isOblivious ? " = default" : "")}");
        }

        return string.Join(", ", parameters);
    }

    private readonly HashSet<string> _inputs = ["start"];

    private void Last(bool loops, bool isDurable)
    {
        var (source, type) = _values[^1];
        if (isDurable && Chance(4))
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Signal(Timeout = \"1.00:00:00\")] {One("private", "public")} partial {One("Task<bool>", "ValueTask<bool>")} Answer_([From(nameof({source}))] {type} last);");
            _source.AppendLine("    [Action, Result] private int Last_(bool answer_) => answer_ ? 1 : 0;");
        }
        else
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action, Result] private int Last_([From(nameof({source}))] {type} last) => 1;");
        }

        if (loops)
        {
            _source.AppendLine("    [Until] private static bool Done_(int last_) => last_ > 0;");
        }

        if (Chance(5))
        {
            var name = Names[_random.Next(Names.Length)];
            _source.AppendLine(CultureInfo.InvariantCulture, $"    /// <summary>A tool {One("&lt;x&gt;", "of\u2028lines", "'''\"\"\"\"")}.</summary><param name=\"{name.TrimStart('@')}\">p</param>");
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Tool] public {One("static ", "")}{One("Page", "Task<Point>", "void", "Kind")} Look_(Page {name}, {One("byte", "short", "nint", "int?", "ulong")} count_ = {One("1", "0")}) => throw new NotSupportedException();");
        }
    }

    private (string Returns, string Body, bool IsAsync) Returns(string type)
    {
        var value = Value(type);
        return _random.Next(6) switch
        {
            0 => ($"Task<{type}>", $"=> Task.FromResult<{type}>({value});", false),
            1 => ($"ValueTask<{type}>", $"=> new ValueTask<{type}>({value});", false),
            2 => ($"Task<{type}>", $"{{ await Task.Yield(); return {value}; }}", true),
            3 => ($"ValueTask<{type}>", $"{{ await Task.Yield(); return {value}; }}", true),
            4 when !type.EndsWith('?') => ($"IAsyncEnumerable<{type}>", $"{{ await Task.Yield(); yield return {value}; }}", true),
            _ => (type, $"=> {value};", false),
        };
    }

    private string Value(string type) => _isOblivious || type.EndsWith('?') ? $"default({type})" : $"default({type})!";

    private string Type(int depth = 0)
    {
        var plain = One("int", "string", "Page", "Point", "Kind", "State", "Run", "byte", "nint", "decimal", "DateTime", "Guid", "bool", "char", "Box<int>", "Box<string>");
        if (_parameter is not null && Chance(3))
        {
            plain = One(_parameter, $"Box<{_parameter}>");
        }

        if (depth > 2)
        {
            return plain;
        }

        return _random.Next(12) switch
        {
            0 => $"{Type(depth + 1)}[]",
            1 => $"List<{Type(depth + 1)}>",
            2 => $"Dictionary<string, {Type(depth + 1)}>",
            3 => $"({Type(depth + 1)} A, {Type(depth + 1)} @class)",
            4 when plain is "int" or "Point" or "Kind" or "byte" => plain + "?",
            5 when !_isOblivious && plain is "string" or "Page" or "State" => plain + Mark,
            6 => $"ImmutableArray<{Type(depth + 1)}>",
            7 => $"Box<{Type(depth + 1)}>",
            8 when Chance(3) => One("dynamic", "List<dynamic>", "object"),
            _ => plain,
        };
    }

    private string Fresh(string name, bool mayKeep = false)
    {
        var fresh = name;
        while (!_taken.Add(fresh.TrimStart('@')) && !mayKeep)
        {
            fresh = name + "_" + _taken.Count.ToString(CultureInfo.InvariantCulture);
        }

        return fresh;
    }

    private bool Chance(int of) => _random.Next(of) == 0;

    private string One(params string[] of) => of[_random.Next(of.Length)];
}
