using System.Collections.Immutable;
using System.Threading;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>
/// The models of a project's agents, from one compilation to the next.
/// <para>
/// The compiler's own way to find them, by attribute, binds every agent in every new compilation - that is, after every edit
/// anywhere. Here an agent is parsed anew only if something changed that its parser could see. To know that, every version of a file is
/// read once, as syntax: what it declares, less the bodies, and which names that mentions. An agent depends on what its
/// names may lead to, and on what those mention, and so on; that is more than it uses, and never less. One thing is not followed:
/// which meaning of an ambiguous name the compiler shows beside its error, since that may hang on how many files share a namespace.
/// </para>
/// <para>
/// There is one of these for each driver, and it lives as long. It remembers the last project and no compilation. Two threads
/// may ask at once: each makes its own project, and the one that is remembered decides only how much the next one costs.
/// </para>
/// </summary>
internal sealed class AgentModels
{
    private Project? _last;

    public ImmutableArray<AgentModel?> Of(Compilation compilation, CancellationToken ct)
    {
        var project = Project.Of(compilation, Volatile.Read(ref _last), ct);
        Volatile.Write(ref _last, project);
        return project.Models;
    }
}
