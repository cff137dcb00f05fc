namespace AgentFlow;

/// <summary>What an id of a session may look like.</summary>
public static class SessionId
{
    /// <summary>The most characters that an id may have.</summary>
    public const int MaxLength = 200;

    /// <summary>Makes a new id: 32 hexadecimal digits that sort by time.</summary>
    /// <returns>The id.</returns>
    public static string New() => Guid.CreateVersion7().ToString("n");

    /// <summary>Refuses what is no id: one must have 1 to 200 letters and digits of ASCII, or <c>- _ . : / #</c>.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Check(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length is 0 or > MaxLength || !id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' or '#'))
        {
            throw new ArgumentException($"'{(id.Length > 50 ? id[..50] + "…" : id)}' is no session id: one has 1 to {MaxLength} ASCII letters, digits, or - _ . : / #.", nameof(id));
        }

        return id;
    }
}
