using System.Globalization;
using System.Security.Cryptography;

namespace AgentFlow;

/// <summary>
/// The ids of children: the parent's, <see cref="Separator"/>, and which call of which action it is. Nobody can make a session under such an id
/// but its parent, and how deep a child is can be read from it. What would be too long, or has other characters than ids may have, is hashed.
/// </summary>
/// <param name="Parent">The parent's id.</param>
/// <param name="Place">The action, the iteration and the element.</param>
/// <param name="Generation">How often the action's outcome was struck that the children belonged to.</param>
/// <param name="IsUndoing">Whether the action's compensation runs it.</param>
/// <param name="Call">Which call of the body, from 1; or 0, if it is known by a key.</param>
/// <param name="Key">The caller's own key, or null.</param>
internal sealed record ChildId(string Parent, ActionPlace Place, int Generation, bool IsUndoing, int Call, string? Key)
{
    /// <summary>No id that a user chooses has it.</summary>
    public const char Separator = '~';

    /// <summary>The id of a child.</summary>
    /// <param name="successor">0 for the first child; n for the one that has taken the place of n others, which were called with other inputs.</param>
    public string Of(int successor)
    {
        var item = Place.Item < 0 ? "-" : Place.Item.ToString(CultureInfo.InvariantCulture);
        var which = Key is null ? Call.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Key.Length}:{Key}");
        var undo = IsUndoing ? "u" : "";
        var after = successor == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"#{successor}");
        var id = string.Create(
            CultureInfo.InvariantCulture,
            $"{Parent}{Separator}{Place.Iteration}.{item}.{Generation}{after}.{undo}{which}.{Place.Action}");
        return SessionId.IsValid(id)
            ? id
            : string.Create(CultureInfo.InvariantCulture, $"{Separator}{DepthOf(Parent) + 1}.{Convert.ToHexStringLower(SHA256.HashData(WholeText.BytesOf(id)))}");
    }

    /// <summary>The iteration and the action that a child belongs to; null if its id is hashed, or an earlier version's.</summary>
    /// <param name="parent">The parent's id. Keys and actions may have dots and separators in their names.</param>
    /// <param name="child">The child's id.</param>
    public static (int Iteration, string Action)? OwnerOf(string parent, string child)
    {
        if (!child.StartsWith(parent + Separator, StringComparison.Ordinal))
        {
            return null;
        }

        // iteration.item.generation.call.action, and for a key its length, a colon and the key instead of the call.
        var parts = child[(parent.Length + 1)..].Split('.', 4);
        if (parts.Length < 4 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var iteration))
        {
            return null;
        }

        var which = parts[3].StartsWith('u') ? parts[3][1..] : parts[3];
        var digits = which.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !int.TryParse(which.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var end = which[digits] == ':' ? digits + 1L + number : digits;
        return end < which.Length && which[(int)end] == '.' ? (iteration, which[((int)end + 1)..]) : null;
    }

    /// <summary>The id that earlier versions gave to the child of an action; null if it was none.</summary>
    public static string? LegacyOf(string parent, in ActionPlace place)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{parent}/{place.Iteration}/{place.Action}/{Math.Max(place.Item, 0)}");
        return SessionId.IsValid(id) ? id : null;
    }

    /// <summary>How many parents a session has above it, as far as its id tells.</summary>
    public static int DepthOf(string id)
    {
        var hashed = 0;
        if (id.StartsWith(Separator))
        {
            var end = id.IndexOf('.', StringComparison.Ordinal);
            hashed = end > 0 && int.TryParse(id.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? depth - 1 : 0;
        }

        return hashed + id.AsSpan().Count(Separator);
    }
}
