using System.Security.Cryptography;
using System.Text;

namespace AgentFlow;

/// <content>The entries of the directory that the store cannot use.</content>
public sealed partial class FileSessionStore
{
    /// <summary>
    /// The entries of the directory that have a session's extension and are not used, by name, and why: files that are damaged, cannot be
    /// read or are named for another session, links that lead nowhere, and entries that are not files.
    /// </summary>
    public IReadOnlyDictionary<string, Exception> Damaged
    {
        get
        {
            var damaged = new Dictionary<string, Exception>(StringComparer.Ordinal);
            foreach (var path in Directory.EnumerateFileSystemEntries(_directory, "*" + Extension))
            {
                var name = Path.GetFileName(path);
                if (WhatIsWrong(path, name) is { } error)
                {
                    damaged[name] = error;
                }
            }

            return damaged;
        }
    }

    /// <summary>An id never becomes a path: its hash does.</summary>
    private string PathOf(string id) => Path.Combine(_directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16)) + Extension);

    /// <summary>Whether a file has the name that its session gives it. Of two copies only one can.</summary>
    private bool IsOf(string id, string path) => Path.GetFileName(path) == Path.GetFileName(PathOf(id));

    /// <summary>Why the session of an id that the store does not know cannot be made or found. Guarded by the gate.</summary>
    /// <returns>The reason; null if there is nothing under its name.</returns>
    private DamagedSessionException? FindDamage(string id) => Path.Exists(PathOf(id)) ? WhatIsWrong(PathOf(id), id) : null;

    private DamagedSessionException? WhatIsWrong(string path, string name)
    {
        try
        {
            if (SessionFile.Check(path, name) is not { } session)
            {
                return IsThere(path) ? DamagedSessionException.Unusable(name, path, "holds nothing of a session") : null;
            }

            if (!IsOf(session.Info.Id, path))
            {
                return new(name, $"its file holds session '{session.Info.Id}', whose file is '{Path.GetFileName(PathOf(session.Info.Id))}'");
            }

            // One that is just being made, or deleted, is so under the gate.
            lock (_gate)
            {
                return _sessions.ContainsKey(session.Info.Id) || !IsThere(path)
                    ? null
                    : DamagedSessionException.Unusable(name, path, "was not there, or could not be read, when the store was opened");
            }
        }
        catch (DamagedSessionException e)
        {
            return IsThere(path) ? e : null;
        }
    }

    /// <summary>Whether a path leads to something, be it a link that leads nowhere.</summary>
    private static bool IsThere(string path) => Path.Exists(path);
}
