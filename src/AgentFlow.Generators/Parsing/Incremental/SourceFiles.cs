using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>Reads every version of a file once. A version is forgotten with its tree.</summary>
/// <param name="options">Says which files count as generated; there nullability is off unless it is switched on.</param>
internal sealed class SourceFiles(SyntaxTreeOptionsProvider? options)
{
    private readonly ConditionalWeakTable<SyntaxTree, SourceFile> _files = new();

    public bool ReadWith(SyntaxTreeOptionsProvider? other) => Equals(options, other);

    public SourceFile[] Read(ImmutableArray<SyntaxTree> trees, CancellationToken ct)
    {
        var files = new SourceFile[trees.Length];
        SourceFileReader? reader = null;
        try
        {
            for (var i = 0; i < files.Length; i++)
            {
                if (!_files.TryGetValue(trees[i], out var file))
                {
                    reader ??= new SourceFileReader();
                    var read = reader.Read(trees[i], options?.IsGenerated(trees[i], ct) ?? GeneratedKind.Unknown, ct);

                    // Another thread may have read it meanwhile; all go on with the same one.
                    file = _files.GetValue(trees[i], _ => read);
                }

                files[i] = file;
            }
        }
        finally
        {
            reader?.Dispose();
        }

        return files;
    }
}
