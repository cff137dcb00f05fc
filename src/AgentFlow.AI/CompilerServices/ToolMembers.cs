using System.ComponentModel;
using System.Text.Json;

namespace AgentFlow.CompilerServices;

/// <summary>
/// Goes through the members of an object that are known by name. A name that is not known, or comes twice, does not fit; nor does anything but an object.
/// For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct ToolMembers
{
    private readonly ReadOnlySpan<byte[]> _names;
    private readonly ref bool _fits;
    private JsonElement.ObjectEnumerator _members;
    private ulong _seen;

    /// <summary>Begins with an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="names">The names of its members as UTF-8, in the order in which they mostly come; at most 64.</param>
    /// <param name="fits">Whether all has fitted so far.</param>
    public ToolMembers(JsonElement json, ReadOnlySpan<byte[]> names, ref bool fits)
    {
        _names = names;
        _fits = ref fits;
        Index = -1;
        if (json.ValueKind == JsonValueKind.Object)
        {
            _members = json.EnumerateObject();
        }
        else
        {
            fits = false;
        }
    }

    /// <summary>The number of the member at hand.</summary>
    public int Index { get; private set; }

    /// <summary>Its value.</summary>
    public JsonElement Value { get; private set; }

    /// <summary>Goes on to the next member.</summary>
    /// <returns>Whether there is one, and all has fitted so far.</returns>
    public bool MoveNext()
    {
        if (!_fits || !_members.MoveNext())
        {
            return false;
        }

        var member = _members.Current;
        Index = IndexOf(member);
        var flag = 1UL << Index;
        if (Index < 0 || (_seen & flag) != 0)
        {
            _fits = false;
            return false;
        }

        _seen |= flag;
        Value = member.Value;
        return true;
    }

    /// <summary>Whether a member has been there.</summary>
    /// <param name="index">Its number.</param>
    public readonly bool Has(int index) => (_seen & (1UL << index)) != 0;

    /// <summary>Ends with the object.</summary>
    /// <param name="required">A bit for each member that has to be there.</param>
    /// <returns>Whether they all are, and all has fitted so far.</returns>
    public readonly bool HasAll(ulong required)
    {
        _fits &= (_seen & required) == required;
        return _fits;
    }

    /// <summary>The first look is at the name that follows the last one, which mostly is a hit.</summary>
    private readonly int IndexOf(JsonProperty member)
    {
        for (var i = 1; i <= _names.Length; i++)
        {
            var at = Index + i < _names.Length ? Index + i : Index + i - _names.Length;
            if (member.NameEquals(_names[at]))
            {
                return at;
            }
        }

        return -1;
    }
}
