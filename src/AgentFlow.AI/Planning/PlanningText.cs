namespace AgentFlow.AI;

/// <summary>How domains are written: names, and calls of them.</summary>
internal static class PlanningText
{
    private const int MaxName = 100;

    public static bool IsVariable(string term) => term.StartsWith('?');

    public static string Call(string name, IEnumerable<string> arguments)
    {
        var list = string.Join(", ", arguments);
        return list.Length == 0 ? name : $"{name}({list})";
    }

    public static string Name(string? text, string what) =>
        text is { Length: > 0 and <= MaxName } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? text
            : throw new PlanningDefinitionException($"'{text}' is no name of any {what}: names are 1 to {MaxName} letters, digits, '_' and '-'.");

    public static string[] Names(ReadOnlySpan<string> texts, string what)
    {
        var names = new string[texts.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Name(texts[i], what);
        }

        return names;
    }

    /// <summary>A name or a variable.</summary>
    public static string Term(string text, string where)
    {
        _ = Name(IsVariable(text) ? text[1..] : text, $"term in '{where}'");
        return text;
    }
}
