using System;
using System.Collections.Generic;
using System.Linq;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>What is found by name in one version of a project and not, or not like that, in another.</summary>
internal sealed class NameChanges
{
    private readonly Dictionary<string, HashSet<string>> _spaces = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lastNames = new(StringComparer.Ordinal);

    public bool IsEmpty => _spaces.Count == 0 && _lastNames.Count == 0;

    /// <summary>Something else, or nothing any more, is declared there.</summary>
    public void Add(NameKey key)
    {
        if (!_spaces.TryGetValue(key.Name, out var spaces))
        {
            _spaces.Add(key.Name, spaces = new HashSet<string>(StringComparer.Ordinal));
        }

        spaces.Add(key.Space);
    }

    /// <summary>A namespace came or went.</summary>
    public void AddSpace(string space) => _lastNames.Add(NameTable.LastName(space));

    public bool Touch(Dependencies dependencies)
    {
        var (names, spaces) = dependencies;
        if (_lastNames.Overlaps(names))
        {
            return true;
        }

        return _spaces.Count <= names.Count
            ? _spaces.Any(change => names.Contains(change.Key) && change.Value.Overlaps(spaces))
            : names.Any(name => _spaces.TryGetValue(name, out var changed) && changed.Overlaps(spaces));
    }
}
