using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>Collects the problems of one value, and knows where in the value the check is.</summary>
internal sealed class SchemaFindings
{
    /// <summary>More problems than these help nobody.</summary>
    public const int MaxProblems = 32;

    private const int ShownCharacters = 80;

    // From the root to the value at hand: names of properties, or the indexes of elements.
    private readonly List<(string? Name, int Index)> _path;

    public SchemaFindings()
        : this([])
    {
    }

    private SchemaFindings(List<(string? Name, int Index)> path) => _path = path;

    public List<SchemaProblem> Problems { get; } = [];

    public int Depth => _path.Count;

    /// <summary>Problems of their own at the same place: what one of several alternatives has against the value.</summary>
    public SchemaFindings Branch() => new(_path);

    public void Push(string name) => _path.Add((name, 0));

    public void Push(int index) => _path.Add((null, index));

    public void Pop() => _path.RemoveAt(_path.Count - 1);

    /// <summary>Returns to a place above, after an exception.</summary>
    public void PopTo(int depth) => _path.RemoveRange(depth, _path.Count - depth);

    public void Report(string keyword, JsonSchema? schema, JsonElement value, string? name = null)
    {
        if (Problems.Count < MaxProblems)
        {
            Problems.Add(new(Path(), keyword, schema, value, name));
        }
    }

    public void Take(SchemaFindings other) => Problems.AddRange(other.Problems.Take(MaxProblems - Problems.Count));

    public string Path()
    {
        var path = new StringBuilder();
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
