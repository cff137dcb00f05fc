using System.Globalization;
using System.Security.Cryptography;

namespace AgentFlow;

/// <summary>
/// The ids of children: the parent's, <see cref="Separator"/>, and which call of which action it is. Nobody can make a session under such an id
/// but its parent, and how deep a child is can be read from it. What would be too long, or has other characters than ids may have, is hashed.
/// </summary>
internal static class ChildId
{
    /// <summary>No id that a user chooses has it.</summary>
    public const char Separator = '~';

    /// <summary>The id of a child.</summary>
    /// <param name="parent">The parent's id.</param>
    /// <param name="place">The action, the iteration and the element.</param>
    /// <param name="generation">How often the action's outcome was struck that the children belonged to.</param>
    /// <param name="isUndoing">Whether the action's compensation runs it.</param>
    /// <param name="call">Which call of the body, from 1; or 0, if it is known by a key.</param>
    /// <param name="key">The caller's own key, or null.</param>
    public static string Of(string parent, in ActionPlace place, int generation, bool isUndoing, int call, string? key)
    {
        var item = place.Item < 0 ? "-" : place.Item.ToString(CultureInfo.InvariantCulture);
        var which = key is null ? call.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{key.Length}:{key}");
        var undo = isUndoing ? "u" : "";
        var id = string.Create(CultureInfo.InvariantCulture, $"{parent}{Separator}{place.Iteration}.{item}.{generation}.{undo}{which}.{place.Action}");
        return SessionId.IsValid(id)
            ? id
            : string.Create(CultureInfo.InvariantCulture, $"{Separator}{DepthOf(parent) + 1}.{Convert.ToHexStringLower(SHA256.HashData(WholeText.BytesOf(id)))}");
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
