using System.Globalization;
using System.Text.Json;

namespace AgentFlow;

/// <summary>
/// A <c>$reference</c>: <c>$report</c>, <c>$paper.authors.0</c>, <c>$draft|$fallback</c> (the first that was not skipped), <c>$notes?</c> (null if it was skipped or
/// has no such member).
/// </summary>
internal sealed class PlanReference
{
    private const string ItemName = "item";
    private const string IndexName = "index";

    private PlanReference(IReadOnlyList<Alternative> alternatives, bool isOptional)
    {
        Alternatives = alternatives;
        IsOptional = isOptional;
    }

    public IReadOnlyList<Alternative> Alternatives { get; }

    /// <summary>Whether JSON's null does where there is no value.</summary>
    public bool IsOptional { get; }

    /// <summary>Whether a text is meant to be a reference: a dollar sign before a name. <c>$$</c> is a dollar sign, and so is one before anything else.</summary>
    public static bool IsMeant(string text) => text.Length > 1 && text[0] == '$' && (char.IsAsciiLetter(text[1]) || text[1] == '_');

    /// <summary>Reads a reference.</summary>
    /// <returns>The reference; null if it is none.</returns>
    public static PlanReference? Parse(string text)
    {
        var isOptional = text.EndsWith('?');
        var alternatives = new List<Alternative>();
        foreach (var part in (isOptional ? text[..^1] : text).Split('|'))
        {
            if (!IsMeant(part))
            {
                return null;
            }

            var steps = part[1..].Split('.');
            if (!PlanNames.IsName(steps[0]) || steps.Skip(1).Any(static step => step.Length == 0 || !step.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')))
            {
                return null;
            }

            alternatives.Add(new Alternative(steps[0], steps[1..]));
        }

        return new PlanReference(alternatives, isOptional);
    }

    /// <summary>The value; null where there is none and none is needed.</summary>
    /// <param name="values">What the names stand for.</param>
    /// <param name="isLenient">Whether a member that is not there is null: conditions may ask for it.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public JsonElement Resolve(in PlanValues values, bool isLenient = false)
    {
        foreach (var alternative in Alternatives)
        {
            if (values.TryGet(alternative.Source, out var value))
            {
                return Follow(value, alternative, isLenient || IsOptional);
            }
        }

        return IsOptional ? PlanValues.Null : throw new InvalidOperationException($"${Alternatives[0].Name} has no value.");
    }

    public override string ToString() => string.Join('|', Alternatives.Select(static a => string.Join('.', a.Path.Prepend("$" + a.Name)))) + (IsOptional ? "?" : "");

    private JsonElement Follow(JsonElement value, Alternative alternative, bool isLenient)
    {
        foreach (var step in alternative.Path)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(step, out var member))
            {
                value = member;
            }
            else if (value.ValueKind == JsonValueKind.Array && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength())
            {
                value = value[index];
            }
            else
            {
                return isLenient ? PlanValues.Null : throw new InvalidOperationException($"{this} has no value: there is no '{step}' in ${alternative.Name}.");
            }
        }

        return value;
    }

    /// <summary>One of the things a reference may mean.</summary>
    public sealed class Alternative(string name, string[] path)
    {
        public string Name { get; } = name;

        public string[] Path { get; } = path;

        /// <summary>What the name stands for: an action's index, the complement of an input's, or one of the two of a for-each. Set when the plan is bound.</summary>
        public int Source { get; set; }

        public bool IsItem => Name == ItemName;

        public bool IsIndex => Name == IndexName;
    }
}
