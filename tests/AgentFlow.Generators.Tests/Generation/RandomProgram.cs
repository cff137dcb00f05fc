using System.Globalization;
using System.Text;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>
/// Sources of one agent, in a namespace of its own, made of a seed: its shape, what its parameters are called and made of, nullability, generics, nesting,
/// policies, tools. What it does is another generator's concern (<see cref="RandomAgent"/>); this one is after what compiles.
/// </summary>
internal sealed partial class RandomProgram
{
    /// <summary>Names in each other's way, in that of C#, of the base class library, or of what is generated.</summary>
    private static readonly string[] Names =
    [
        "Fetch", "fetch", "State", "Run", "Start", "Call", "Policy", "Execute", "ToString", "GetHashCode", "Equals", "GetType", "Item2", "Rest", "Signals_",
        "Plan", "Pool", "Agent", "Options", "Token", "Context", "Service", "Complete", "Undo", "Recycle", "Statuses", "Iteration", "Inputs", "Outputs", "Previous",
        "InputValues", "OutputValues", "StatusValues", "@class", "@event", "@default", "@async", "@await", "@var", "@record", "@field", "@value", "@dynamic", "@global",
        "Ünïcode", "名前", "_", "__", "_x", "x1", "Task", "String", "System", "AgentFlow", "Exception", "Unit", "JsonContracts", "Json", "Item", "Input", "Name",
        "async", "yield", "nameof", "extension", "allows", "scoped", "@required", "@file", "@nint", "when", "A\u0301", "Fe\u200Dtch", "\u0130x", "Configure", "Dispose", "Wait", "Result", "Value", "value_", "cancellationToken", "options", "inputs", "agent", "state", "run", "idle", "at", "error", "task", "awaiter", "result", "context",
    ];

    private readonly Random _random;
    private readonly string[] _emitted;
    private readonly bool _hasAlias;
    private bool _isDurable;
    private bool _isLocal;
    private readonly StringBuilder _source = new();
    private readonly HashSet<string> _taken = ["First", "Desk"];
    private readonly string _space;
    private readonly bool _isOblivious;
    private readonly string? _parameter;
    private readonly List<(string Name, string Type)> _values = [];

    private RandomProgram(int seed, string[] emitted)
    {
        _random = new Random(seed);
        _emitted = emitted;
        _space = "P" + seed.ToString(CultureInfo.InvariantCulture);
        _isOblivious = Chance(8);
        _hasAlias = Chance(12);
        _parameter = Chance(6) ? One("T", "TState", "TItem", "State", "@in") : null;
    }

    /// <summary>Makes the source of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="emitted">Every identifier that generated code is made of; names are taken from these, too.</param>
    /// <returns>The source.</returns>
    public static string Make(int seed, string[] emitted) => new RandomProgram(seed, emitted).Make();

    private string Make()
    {
        if (_hasAlias)
        {
            _source.AppendLine("extern alias vendor;");
        }

        _source.AppendLine("using System; using System.Collections.Generic; using System.Collections.Immutable; using System.Threading; using System.Threading.Tasks; using AgentFlow; using Pair = (int Left, string Right); using Ints = int[];");
        _source.AppendLine(_isOblivious ? "#nullable disable" : One("", "", "", "#nullable enable annotations", "#nullable disable warnings", "#nullable enable"));
        _source.AppendLine(CultureInfo.InvariantCulture, $"namespace Random.{_space};");
        Types();
        var derives = _parameter is null && Chance(8);
        if (derives)
        {
            Ancestor();
        }

        var hosts = Hosts();
        _isDurable = _parameter is null && Chance(2);
        var durable = _isDurable ? "" : "Durable = false";
        var loops = Chance(6);
        var options = string.Join(", ", new[] { durable, loops ? "MaxIterations = 4" : "", Chance(8) ? "OnFailure = FailurePolicy.Continue" : "", Chance(9) ? "Scheduling = SchedulingMode.Waves" : "", Chance(9) ? "MaxParallel = 2" : "", loops && Chance(3) ? "OnLimit = LimitPolicy.ReturnLast" : "", $"Name = \"{_space}{One("", " a", "\\u2028b", "\\n<c>", "\\\"")}\"" }.Where(static option => option.Length > 0));
        var attributes = $"{(Chance(9) ? "[Obsolete(\"x\", DiagnosticId = \"OLD001\")] " : Chance(20) ? "[System.Diagnostics.CodeAnalysis.Experimental(\"OLD001\")] " : "")}[Agent({options}){(Chance(25) ? ", Tool(Name = \"desk\")" : "")}]{(Chance(9) ? "[Timeout(\"00:10:00\")]" : "")}{(Chance(12) ? "[Budget(Actions = 100000)]" : "")}";
        var kind = derives ? "sealed partial class" : Chance(60) ? One("abstract partial class", "static partial class", "class") : $"{One("", "sealed ")}{(Chance(12) ? "unsafe " : "")}partial {One("class", "class", "record")}";
        _source.AppendLine(CultureInfo.InvariantCulture, $"{attributes} {One("public", "internal")} {kind} Desk{(Chance(60) ? "<TOf>" : "")}{Given(kind)}{(derives ? " : Ancestor" : "")}");
        _source.AppendLine("{");
        Members();
        More();
        var count = 1 + _random.Next(7);
        for (var i = 0; i < count; i++)
        {
            Action(i, loops);
        }

        Branches();
        Each();
        Last(loops, _isDurable);
        Tools();
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
        _source.AppendLine(CultureInfo.InvariantCulture, $"public sealed record Ticket([property: System.Text.Json.Serialization.JsonPropertyName(\"{One("a b", "\\u2028", "\\\"", "$id", "é")}\")] string Text = \"\\u0085\", Ticket{Mark} Parent = null, DateTime At = default);");
        _source.AppendLine("public interface IShape { int Sides { get; } } public sealed record Circle(int Sides) : IShape; public ref struct OnStack;");
        _source.AppendLine("public static class Nested { public struct Inner { public int Of { get; set; } } public class Deep<T> { public class Deeper<T2> { public int Of { get; set; } } } }");
        if (Chance(8))
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"{One("public static class", "public enum", "public sealed class", "file sealed class", "public struct", "public interface")} {Fresh(AnyName())} {{ }}");
        }

        _source.AppendLine("public sealed class State { public int Of { get; set; } } public sealed class Run; public sealed class Graph_; public sealed class Signals_;");
    }

    private string Mark => _isOblivious ? "" : "?";

    private int Hosts()
    {
        var hosts = _parameter is not null ? 1 : _random.Next(4) == 0 ? 1 + _random.Next(2) : 0;
        for (var i = 0; i < hosts; i++)
        {
            var parameters = i == 0 && _parameter is not null ? $"<{_parameter}>{One("", " where " + _parameter + " : class", " where " + _parameter + " : struct", " where " + _parameter + " : notnull", " where " + _parameter + " : unmanaged", " where " + _parameter + " : allows ref struct", " where " + _parameter + " : Delegate", " where " + _parameter + " : Enum", " where " + _parameter + " : IComparable<" + _parameter + ">, new()", _isOblivious ? "" : " where " + _parameter + " : class?")}" : "";
            _source.AppendLine(CultureInfo.InvariantCulture, $"{Reach()} {(parameters.Length == 0 ? One("static ", "") : "")}partial {(parameters.Length > 0 ? One("class", "struct", "record", "record struct", "interface") : "class")} Host{i}{parameters}");
            _source.AppendLine("{");
        }

        return hosts;
    }

    /// <summary>How far a host can be seen. What is local to a file cannot be continued in another: a signal there would have no body.</summary>
    private string Reach()
    {
        var isLocal = Chance(12);
        _isLocal |= isLocal;
        return isLocal ? "file" : One("public", "internal");
    }

    private void Action(int index, bool loops)
    {
        var name = Fresh(index == 0 ? "First" : AnyName(), mayKeep: index == 0);
        var type = Type();
        var (returns, body, isAsync) = Returns(type);
        var attributes = new List<string>();
        var parameters = Parameters(index, loops, name);
        if (Chance(6))
        {
            attributes.Add($"Retry({2 + _random.Next(3)}, On = [typeof(TimeoutException), typeof(System.IO.IOException)])");
        }

        if (Chance(6))
        {
            var fallback = Fresh("Other" + name.TrimStart('@'));
            _source.AppendLine(CultureInfo.InvariantCulture, $"    private {(returns.StartsWith("IAsyncEnumerable", StringComparison.Ordinal) ? type + "[]" : type)} {fallback}(Exception error{index}, [Input] int start) => throw null!;");
            attributes.Add($"Fallback(nameof({fallback}))");
        }

        if (Chance(6))
        {
            var predicate = Fresh("Ok" + name.TrimStart('@'));
            _source.AppendLine(CultureInfo.InvariantCulture, $"    private {One("static ", "")}{One("bool", "bool", "string" + Mark)} {predicate}([Input] int start, {One("CancellationToken ct", "ActionContext context", "ActionContext context, CancellationToken ct", "[Service] IServiceProvider services")}) => default;");
            attributes.Add($"{One("Requires", "Ensures")}(nameof({predicate}))");
        }

        Policies(name, type, returns.StartsWith("IAsyncEnumerable", StringComparison.Ordinal) ? type + "[]" : type, attributes);
        if (Chance(9))
        {
            attributes.Add("Delay(\"00:00:00.001\")");
        }

        if (Chance(12))
        {
            attributes.Add(One("Obsolete(\"it is old\")", "Obsolete(\"it is old\", error: true)"));
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
            options.Add(One("Mode = ActionMode.Sync", "Priority = -3", "Estimate = \"00:00:01\"", "Effect = Effect.None", "Effect = Effect.AtMostOnce", "Type = ActionType.Llm"));
        }

        return options.Count == 0 ? "" : $"({string.Join(", ", options)})";
    }

    private string Parameters(int index, bool loops, string action)
    {
        var parameters = new List<string> { index == 0 ? "[Input] int start" : $"[From(nameof({_values[index - 1].Name}))] {_values[index - 1].Type} before" };
        var names = new HashSet<string> { "start", "before" };
        for (var i = _random.Next(4); i > 0; i--)
        {
            var name = AnyName();
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

        if (Chance(3))
        {
            parameters.Add(WithDefault(index));
        }

        return string.Join(", ", parameters);
    }

    private readonly HashSet<string> _inputs = ["start"];

    private void Last(bool loops, bool isDurable)
    {
        var (source, type) = _values[^1];
        if (isDurable && !_isLocal && Chance(4))
        {
            var fallback = Chance(2);
            if (fallback)
            {
                _source.AppendLine("    private static bool Escalate_() => false;");
            }

            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Signal(Timeout = \"1.00:00:00\"){(fallback ? ", Fallback(nameof(Escalate_))" : "")}] {One("private", "public")} partial {One("Task<bool>", "ValueTask<bool>")} Answer_([From(nameof({source}))] {type} last);");
            _source.AppendLine("    [Action, Result] private int Last_(bool answer_) => answer_ ? 1 : 0;");
        }
        else
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Action, Result] private int Last_([From(nameof({source}))] {type} last) => 1;");
        }

        if (loops)
        {
            _source.AppendLine(CultureInfo.InvariantCulture, $"    [Until] private {One("", "static ")}bool Done_(int last_{One("", ", ActionContext context", ", [Input] int start", ", CancellationToken ct")}) => last_ > 0;");
        }
    }

    private (string Returns, string Body, bool IsAsync) Returns(string type)
    {
        var value = Value(type);
        return _random.Next(6) switch
        {
            0 => ($"Task<{type}>", $"=> global::System.Threading.Tasks.Task.FromResult<{type}>({value});", false),
            1 => ($"ValueTask<{type}>", $"=> new ValueTask<{type}>({value});", false),
            2 => ($"Task<{type}>", $"{{ await global::System.Threading.Tasks.Task.Yield(); return {value}; }}", true),
            3 => ($"ValueTask<{type}>", $"{{ await global::System.Threading.Tasks.Task.Yield(); return {value}; }}", true),
            4 when !type.EndsWith('?') => ($"IAsyncEnumerable<{type}>", $"{{ await global::System.Threading.Tasks.Task.Yield(); yield return {value}; }}", true),
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

        if (Chance(14))
        {
            plain = Rare(depth);
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
            8 when Chance(_isDurable ? 20 : 3) => One("dynamic", "List<dynamic>", "object"),
            9 when !_isDurable && Chance(4) => $"{Type(depth + 1)}[,]",
            10 when Chance(4) => One("Pair", "Ints", "Pair[]"),
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

    private string AnyName() => Chance(3) ? _emitted[_random.Next(_emitted.Length)] : Names[_random.Next(Names.Length)];

    private bool Chance(int of) => _random.Next(of) == 0;

    private string One(params string[] of) => of[_random.Next(of.Length)];
}
