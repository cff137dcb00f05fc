namespace AgentFlow.Samples.Research.Searching;

/// <summary>The headings above the place a reader has come to.</summary>
public sealed class Headings
{
    /// <summary>Stands between the headings of a path.</summary>
    public const string Separator = " › ";

    private readonly List<(int Level, string Text)> _open = [];

    /// <summary>Comes to a heading, which ends those of its level and below.</summary>
    /// <param name="level">1 is the highest.</param>
    /// <param name="text">The heading.</param>
    public void Enter(int level, string text)
    {
        _open.RemoveAll(h => h.Level >= level);
        _open.Add((level, text));
    }

    public override string ToString() => string.Join(Separator, _open.Select(static h => h.Text));
}
