using System.Collections.Frozen;

namespace AgentFlow.Samples.Research.Searching;

/// <summary>The files of a folder that are worth reading, below it and with <c>/</c>, in order.</summary>
/// <param name="Documents">Texts for people.</param>
/// <param name="Code">Source code.</param>
/// <param name="IsTruncated">Whether there were more than <see cref="MaxFiles"/>.</param>
public sealed record FolderListing(IReadOnlyList<string> Documents, IReadOnlyList<string> Code, bool IsTruncated)
{
    /// <summary>Files beyond this many are left out.</summary>
    public const int MaxFiles = 50_000;

    private static readonly FrozenSet<string> DocumentExtensions = Set(".md .markdown .mdx .txt .text .rst .adoc .asciidoc .org .textile");

    private static readonly FrozenSet<string> DocumentNames = Set(
        "readme news history todo contributing changes changelog install hacking faq license copying copyright notes authors");

    private static readonly FrozenSet<string> CodeExtensions = Set(
        ".cs .fs .fsx .vb .java .kt .kts .scala .groovy .py .pyi .rb .pl .pm .php .lua .r .jl .js .mjs .cjs .jsx .ts .tsx .vue .svelte .go .rs "
        + ".swift .m .mm .c .h .cc .cpp .cxx .hpp .hh .hxx .inl .zig .nim .d .dart .ex .exs .erl .hs .ml .mli .clj .cljs .el .lisp .scm .sql .sh .bash .zsh "
        + ".fish .ps1 .psm1 .bat .cmd .proto .graphql .tf .cmake .mk .gradle .csproj .fsproj .props .targets .toml .yml .yaml .xaml .razor .cshtml");

    private static readonly FrozenSet<string> CodeNames = Set("makefile dockerfile jenkinsfile rakefile gemfile justfile");

    private static readonly FrozenSet<string> SkippedFolders = Set(
        "bin obj .git .hg .svn node_modules bower_components vendor third_party .vs .idea .vscode __pycache__ .venv venv .tox .mypy_cache target dist artifacts testresults");

    /// <summary>Folders that hold other people's code even where git knows the files; git itself says what is built.</summary>
    private static readonly FrozenSet<string> VendoredFolders = Set("node_modules bower_components vendor third_party __pycache__");

    private static readonly string[] SkippedEndings = [".g.cs", ".designer.cs", ".generated.cs", ".min.js", ".min.css", ".bundle.js", "_pb2.py", ".pb.go", "pnpm-lock.yaml"];

    /// <summary>Lists a folder: what git tracks or would track, else what a walk finds.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    public static async Task<FolderListing> OfAsync(string folder, CancellationToken cancellationToken)
    {
        var files = await TrackedAsync(folder, cancellationToken).ConfigureAwait(false) ?? Walk(folder, cancellationToken);
        var readable = files.Take(MaxFiles + 1).ToList();
        var kept = readable.Take(MaxFiles).Where(static f => !SkippedEndings.Any(e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            .Order(StringComparer.Ordinal).ToLookup(static f => KindOf(f));
        return new([.. kept[SourceKind.Document]], [.. kept[SourceKind.Code]], readable.Count > MaxFiles);
    }

    private static SourceKind? KindOf(string path)
    {
        var name = Path.GetFileName(path);
        var extension = Path.GetExtension(name).ToLowerInvariant();
        var stem = Path.GetFileNameWithoutExtension(name).ToLowerInvariant();
        return DocumentExtensions.Contains(extension) || (extension.Length == 0 && DocumentNames.Contains(stem)) ? SourceKind.Document
            : CodeExtensions.Contains(extension) || (extension.Length == 0 && CodeNames.Contains(stem)) ? SourceKind.Code
            : null;
    }

    private static async Task<IEnumerable<string>?> TrackedAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            var list = await Git.RunAsync(folder, cancellationToken, "ls-files", "-z", "--cached", "--others", "--exclude-standard").ConfigureAwait(false);
            return list?.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)
                .Where(static f => !f.Split('/')[..^1].Any(static part => VendoredFolders.Contains(part.ToLowerInvariant())))
                .Where(f => KindOf(f) is not null && File.Exists(Path.Combine(folder, f)));
        }
        catch (GitException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Walk(string folder, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.System };
        var waiting = new Stack<string>([folder]);
        while (waiting.TryPop(out var at))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var below in Directory.EnumerateDirectories(at, "*", options))
            {
                if (!SkippedFolders.Contains(Path.GetFileName(below).ToLowerInvariant()))
                {
                    waiting.Push(below);
                }
            }

            foreach (var file in Directory.EnumerateFiles(at, "*", options))
            {
                if (KindOf(file) is not null)
                {
                    yield return Path.GetRelativePath(folder, file).Replace('\\', '/');
                }
            }
        }
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet();
}
