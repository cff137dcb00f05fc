using System;
using System.Collections.Generic;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>
/// What a name can lead to, in one version of a project. It is never changed; the next version shares what is alike.
/// <para>
/// It rests on one property of C#: to get from one declaration to another, the first must spell the simple name of the second,
/// and stand in its namespace or spell the last name of that too - in a using, an alias, or before the name. What needs no
/// name is filed under <see cref="NameKey.Unnamed"/>. Which of the declarations of a name is meant is never asked: all are.
/// </para>
/// </summary>
internal sealed class NameTable
{
    private const int RecentLimit = 512;
    private static readonly List<Entry> None = [];

    private readonly Dictionary<NameKey, List<Entry>> _settled;

    // Few, so that an edit need not copy the whole; an empty one hides a settled one.
    private readonly Dictionary<NameKey, List<Entry>> _recent;
    private readonly Dictionary<string, List<Space>> _spacesByLastName;

    private NameTable(Dictionary<NameKey, List<Entry>> settled, Dictionary<NameKey, List<Entry>> recent, Dictionary<string, List<Space>> spacesByLastName)
    {
        _settled = settled;
        _recent = recent;
        _spacesByLastName = spacesByLastName;
    }

    public static NameTable Of(SourceFile[] files)
    {
        var table = new Dictionary<NameKey, List<Entry>>();
        var spaces = new Dictionary<string, List<Space>>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < files.Length; i++)
        {
            foreach (var space in files[i].Spaces)
            {
                if (!known.Add(space))
                {
                    continue;
                }

                var last = LastName(space);
                if (!spaces.TryGetValue(last, out var alike))
                {
                    spaces.Add(last, alike = []);
                }

                alike.Add(new Space(space, i));
            }

            foreach (var declaration in files[i].Declarations)
            {
                foreach (var key in declaration.Keys)
                {
                    if (!table.TryGetValue(key, out var entries))
                    {
                        table.Add(key, entries = new List<Entry>(1));
                    }

                    entries.Add(new Entry(i, declaration));
                }
            }
        }

        return new NameTable(table, [], spaces);
    }

    public static string LastName(string space) => space.Substring(space.LastIndexOf('.') + 1);

    /// <summary>The table after edits that left the number and the order of the files alone.</summary>
    /// <param name="before">The files that this table is of.</param>
    /// <param name="after">The files as they are now.</param>
    /// <param name="edited">Where they differ; all of these declare the same namespaces as before.</param>
    /// <param name="changes">Takes what is found differently.</param>
    public NameTable Edit(SourceFile[] before, SourceFile[] after, List<int> edited, NameChanges changes)
    {
        var next = new NameTable(_settled, new Dictionary<NameKey, List<Entry>>(_recent), _spacesByLastName);
        foreach (var file in edited)
        {
            var keys = new HashSet<NameKey>();
            foreach (var declaration in before[file].Declarations)
            {
                keys.UnionWith(declaration.Keys);
            }

            foreach (var declaration in after[file].Declarations)
            {
                keys.UnionWith(declaration.Keys);
            }

            foreach (var key in keys)
            {
                var was = next.Find(key);
                var now = Replace(was, file, key, after[file]);
                if (!AreAlike(was, now))
                {
                    changes.Add(key);
                    next._recent[key] = now;
                }
            }
        }

        return next._recent.Count > RecentLimit ? Of(after) : next;
    }

    /// <summary>What is found differently in two tables, whatever happened between them.</summary>
    public void Compare(NameTable other, NameChanges changes)
    {
        foreach (var key in Keys())
        {
            if (!AreAlike(Find(key), other.Find(key)))
            {
                changes.Add(key);
            }
        }

        foreach (var key in other.Keys())
        {
            if (Find(key).Count == 0)
            {
                changes.Add(key);
            }
        }

        CompareSpaces(this, other, changes);
        CompareSpaces(other, this, changes);
    }

    /// <summary>Everything that can be got at from a declaration, over any number of others.</summary>
    /// <param name="start">The declaration.</param>
    /// <param name="files">Takes the files that all of it stands in: what it means, it means in a project of these alone.</param>
    public Dependencies Reach(Declaration start, ISet<int> files)
    {
        var names = new List<string>();
        var spaces = new List<string>();
        var reached = new Dependencies(new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var seen = new HashSet<Declaration>();
        var left = new Stack<Declaration>();
        AddSpace("");
        AddName("");
        left.Push(start);
        while (left.Count > 0)
        {
            var declaration = left.Pop();
            foreach (var space in declaration.Context.Enclosing)
            {
                AddSpace(space);
            }

            foreach (var name in declaration.Context.Mentions)
            {
                AddName(name);
            }

            foreach (var name in declaration.Mentions)
            {
                AddName(name);
            }
        }

        return reached;

        void AddName(string name)
        {
            if (!reached.Names.Add(name))
            {
                return;
            }

            names.Add(name);
            foreach (var space in spaces)
            {
                Follow(new NameKey(space, name));
            }

            if (_spacesByLastName.TryGetValue(name, out var named))
            {
                foreach (var space in named)
                {
                    files.Add(space.File);
                    AddSpace(space.Name);
                }
            }
        }

        void AddSpace(string space)
        {
            if (!reached.Spaces.Add(space))
            {
                return;
            }

            spaces.Add(space);
            foreach (var name in names)
            {
                Follow(new NameKey(space, name));
            }
        }

        void Follow(NameKey key)
        {
            foreach (var entry in Find(key))
            {
                if (seen.Add(entry.Declaration))
                {
                    files.Add(entry.File);
                    left.Push(entry.Declaration);
                }
            }
        }
    }

    private static List<Entry> Replace(List<Entry> entries, int file, NameKey key, SourceFile after)
    {
        var replaced = new List<Entry>(entries.Count + 1);
        foreach (var entry in entries)
        {
            if (entry.File < file)
            {
                replaced.Add(entry);
            }
        }

        foreach (var declaration in after.Declarations)
        {
            if (declaration.Keys.Contains(key))
            {
                replaced.Add(new Entry(file, declaration));
            }
        }

        foreach (var entry in entries)
        {
            if (entry.File > file)
            {
                replaced.Add(entry);
            }
        }

        return replaced;
    }

    /// <summary>The order counts: it decides which of two parts comes first.</summary>
    private static bool AreAlike(List<Entry> left, List<Entry> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (left[i].Declaration.Fingerprint != right[i].Declaration.Fingerprint)
            {
                return false;
            }
        }

        return true;
    }

    private static void CompareSpaces(NameTable left, NameTable right, NameChanges changes)
    {
        foreach (var alike in left._spacesByLastName)
        {
            foreach (var space in alike.Value)
            {
                if (!right._spacesByLastName.TryGetValue(alike.Key, out var others) || !others.Exists(other => other.Name == space.Name))
                {
                    changes.AddSpace(space.Name);
                }
            }
        }
    }

    private List<Entry> Find(NameKey key) =>
        _recent.TryGetValue(key, out var entries) || _settled.TryGetValue(key, out entries) ? entries : None;

    private IEnumerable<NameKey> Keys()
    {
        foreach (var key in _settled.Keys)
        {
            yield return key;
        }

        foreach (var key in _recent.Keys)
        {
            if (!_settled.ContainsKey(key))
            {
                yield return key;
            }
        }
    }

    /// <param name="Name">The full name of a namespace.</param>
    /// <param name="File">The first of the files that declare it.</param>
    private readonly record struct Space(string Name, int File);

    /// <param name="File">The place of its file among the files.</param>
    /// <param name="Declaration">The declaration.</param>
    private readonly record struct Entry(int File, Declaration Declaration);
}
