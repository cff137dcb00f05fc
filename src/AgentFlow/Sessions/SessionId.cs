namespace AgentFlow;

/// <summary>What an id of a session may look like.</summary>
public static class SessionId
{
    /// <summary>The most characters that an id may have.</summary>
    public const int MaxLength = 200;

    /// <summary>Makes a new id: 32 hexadecimal digits that sort by time.</summary>
    /// <returns>The id.</returns>
    public static string New() => Guid.CreateVersion7().ToString("n");

    /// <summary>
    /// Refuses what is no id of any session: one has 1 to 200 letters and digits of ASCII, or <c>- _ . : / #</c>, and that of a child also <c>~</c>. For stores, and wherever a session is
    /// only looked for.
    /// </summary>
    /// <param name="id">The id.</param>
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Check(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return IsValid(id) ? id : throw new ArgumentException($"'{Shorten(id)}' is no session id: one has 1 to {MaxLength} ASCII letters, digits, or - _ . : / #.", nameof(id));
    }

    /// <summary>Refuses what cannot be the id of a new session: what is no id, and what has the <c>~</c> of the ids that the runtime gives to children.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static string CheckChosen(string id)
    {
        Check(id);
        return !id.Contains(ChildId.Separator, StringComparison.Ordinal)
            ? id
            : throw new ArgumentException($"'{Shorten(id)}' cannot be the id of a new session: '{ChildId.Separator}' is for children, which ActionContext.RunChildAsync starts.", nameof(id));
    }

    internal static bool IsValid(string id) =>
        id.Length is > 0 and <= MaxLength && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or '#' or ChildId.Separator);

    private static string Shorten(string id) => id.Length > 50 ? id[..50] + "…" : id;
}
