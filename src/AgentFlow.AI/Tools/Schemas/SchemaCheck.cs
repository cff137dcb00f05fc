using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow.AI.Schemas;

/// <summary>Collects what is wrong with one value, and knows where in it the check is. Made when something is wrong: most calls need none.</summary>
internal sealed class SchemaCheck
{
    /// <summary>More problems than these help nobody.</summary>
    public const int MaxProblems = 32;

    /// <summary>Values nested deeper than this are refused; System.Text.Json's own default.</summary>
    public const int MaxDepth = 64;

    private const int ShownCharacters = 80;

    // From the root to the value at hand: names of properties, or the indexes of elements.
    private readonly List<(string? Name, int Index)> _path = [];

    public List<ToolArgumentProblem> Problems { get; } = [];

    public int Depth => _path.Count;

    public void Push(string name) => _path.Add((name, 0));

    public void Push(int index) => _path.Add((null, index));

    public void Pop() => _path.RemoveAt(_path.Count - 1);

    public void Report(string message)
    {
        if (Problems.Count < MaxProblems)
        {
            Problems.Add(new(Path(), message));
        }
    }

    /// <summary>Reports what a converter found, at a path of its own.</summary>
    public void Report(string? path, string message)
    {
        // System.Text.Json starts its paths with a dollar sign, too.
        var inner = path is ['$', ..] ? path[1..] : "";
        if (Problems.Count < MaxProblems)
        {
            Problems.Add(new(Path() + inner, message));
        }
    }

    /// <summary>The value as a message may show it: short.</summary>
    public static string Show(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"an array of {value.GetArrayLength().ToString(CultureInfo.InvariantCulture)}",
            JsonValueKind.Undefined => "nothing",
            _ => value.GetRawText(),
        };
        return text.Length <= ShownCharacters ? text : string.Concat(text.AsSpan(0, ShownCharacters), "…");
    }

    private string Path()
    {
        var path = new StringBuilder("$");
        foreach (var (name, index) in _path)
        {
            _ = name is null ? path.Append(CultureInfo.InvariantCulture, $"[{index}]")
                : IsPlain(name) ? path.Append('.').Append(name)
                : path.Append("['").Append(name.Length <= ShownCharacters ? name : name[..ShownCharacters]).Append("']");
        }

        return path.ToString();
    }

    private static bool IsPlain(string name) => name.Length is > 0 and <= ShownCharacters && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
