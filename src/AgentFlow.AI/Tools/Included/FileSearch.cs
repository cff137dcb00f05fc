using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace AgentFlow.AI;

/// <summary>
/// Searches the files under one folder by their words (<see cref="TextIndex{TKey}"/> over passages). The folder is the program's choice: a model passes words and
/// never a path, links are not followed, and what is not text by its name or its bytes is not read. The files are read at the first search and then kept.
/// </summary>
/// <param name="root">The folder.</param>
/// <param name="options">Which files are read. Default: <see cref="FileSearchOptions.Default"/>.</param>
public sealed partial class FileSearch(string root, FileSearchOptions? options = null)
{
    private const int MaxExcerpt = 1200;

    // Files and folders that are looked at, whether they are read or not.
    private const int MaxEntries = 500_000;

    private static readonly EnumerationOptions Walk = new()
    {
        RecurseSubdirectories = false,
        IgnoreInaccessible = true,

        // A link may lead out of the folder.
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System,
    };

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _root = Path.GetFullPath(root ?? throw new ArgumentNullException(nameof(root)));
    private readonly FileSearchOptions _options = options ?? FileSearchOptions.Default;
    private volatile TextIndex<(string File, int Line, string Text)>? _index;

    /// <summary>Finds passages.</summary>
    /// <param name="query">What they should be about.</param>
    /// <param name="count">How many are wanted at most, from 1 to 20.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The passages, the best first; none if no word occurs.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    [Tool(Name = "search_files", Effect = Effect.None)]
    [Description("Searches the local files by words and returns the best passages, each with its file and line.")]
    public async Task<FileSearchHit[]> SearchAsync(
        [Description("The words to look for; those that are rare count most.")] [StringLength(500, MinimumLength = 1)] string query,
        [Description("How many passages to return at most.")] [Range(1, 20)] int count = 5,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(query);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 20);
        
        // Searches that come first together each read the files; it is one index all the same.
        var index = _index ??= await IndexAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. index.Search(query, count).Select(static hit => new FileSearchHit(
                string.Create(CultureInfo.InvariantCulture, $"{hit.Key.File}:{hit.Key.Line}"),
                hit.Key.Text.Length <= MaxExcerpt ? hit.Key.Text : string.Concat(hit.Key.Text.AsSpan(0, char.IsHighSurrogate(hit.Key.Text[MaxExcerpt - 1]) ? MaxExcerpt - 1 : MaxExcerpt), "…"))),
        ];
    }

    private async Task<TextIndex<(string File, int Line, string Text)>> IndexAsync(CancellationToken cancellationToken)
    {
        var index = new TextIndex<(string, int, string)>();
        var (files, size) = (0, 0L);
        foreach (var file in Files(new DirectoryInfo(_root), cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Pipes, devices and the endless files of the system have no length, and opening some of them waits for ever.
            if (LengthOf(file) is not (> 0 and var length) || length > _options.MaxFileSize)
            {
                continue;
            }

            if (files == _options.MaxFiles || (size += length) > _options.MaxTotalSize)
            {
                break;
            }

            files++;
            if (await TextOfAsync(file, cancellationToken).ConfigureAwait(false) is { } text)
            {
                Add(index, Path.GetRelativePath(_root, file.FullName).Replace('\\', '/'), text);
            }
        }

        return index;
    }

    /// <summary>The files in an order of their own, so that the same folder makes the same index.</summary>
    private IEnumerable<FileInfo> Files(DirectoryInfo root, CancellationToken cancellationToken)
    {
        // Without recursion: folders may be nested as deep as a path is long.
        var folders = new Stack<DirectoryInfo>([root]);
        var entries = 0;
        while (folders.TryPop(out var folder))
        {
            foreach (var file in Entries(folder.EnumerateFiles("*", Walk)))
            {
                if (_options.Extensions.Contains(file.Extension))
                {
                    yield return file;
                }
            }

            foreach (var inner in Entries(folder.EnumerateDirectories("*", Walk)).Reverse())
            {
                folders.Push(inner);
            }
        }

        // As many as are looked at; what comes then is not searched.
        T[] Entries<T>(IEnumerable<T> all)
            where T : FileSystemInfo
        {
            var found = new List<T>();
            try
            {
                foreach (var entry in all)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (++entries > MaxEntries)
                    {
                        break;
                    }

                    found.Add(entry);
                }
            }
            catch (DirectoryNotFoundException) when (entries > 0)
            {
                // A folder below the root has gone meanwhile.
            }

            return [.. found.OrderBy(static entry => entry.Name, StringComparer.Ordinal)];
        }
    }

    private static long? LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The text of a file; <see langword="null"/> if it is none, or has gone.</summary>
    private async Task<string?> TextOfAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = file.OpenRead();
            if (!stream.CanSeek)
            {
                return null;
            }

            var bytes = new byte[Math.Min(stream.Length, _options.MaxFileSize)];
            var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return bytes.AsSpan(0, read).Contains((byte)0) ? null : Strict.GetString(bytes, 0, read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return null;
        }
    }

    private void Add(TextIndex<(string, int, string)> index, string file, string text)
    {
        var lines = text.Split('\n');
        for (var first = 0; first < lines.Length; first += _options.PassageLines)
        {
            var passage = string.Join('\n', lines.Skip(first).Take(_options.PassageLines)).Trim();
            if (passage.Length > 0)
            {
                index.Add((file, first + 1, passage), $"{Path.GetFileNameWithoutExtension(file)} {passage}");
            }
        }
    }
}
