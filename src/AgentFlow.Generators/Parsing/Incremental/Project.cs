using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>
/// A compilation as the generator sees it: what its files declare and the models of its agents, without a symbol or a node.
/// It is never changed. The next one takes over the models of all agents that depend on nothing that is found differently;
/// since every other agent is parsed, it does not matter which project comes before which.
/// </summary>
internal sealed class Project
{
    /// <summary>Beyond this many edited files one comparison of the whole is cheaper.</summary>
    private const int ManyFiles = 64;

    /// <summary>Where the agents to parse see one file in so many or fewer, a project of those files is cheaper to bind.</summary>
    private const int FewFiles = 16;

    private readonly SourceFiles _reader;
    private readonly Surroundings _surroundings;
    private readonly SourceFile[] _files;
    private readonly NameTable _names;

    // An agent keeps its place for as long as it is there, so that the pipeline, which compares by place, sees only its own changes.
    private readonly ImmutableArray<AgentEntry?> _agents;

    private Project(SourceFiles reader, Surroundings surroundings, SourceFile[] files, NameTable names, ImmutableArray<AgentEntry?> agents)
    {
        _reader = reader;
        _surroundings = surroundings;
        _files = files;
        _names = names;
        _agents = agents;
        Models = ImmutableArray.CreateRange(agents, static agent => agent?.Model);
    }

    /// <summary>The models; null stands where an agent was, and for what turned out to be none.</summary>
    public ImmutableArray<AgentModel?> Models { get; }

    /// <param name="compilation">The compilation.</param>
    /// <param name="before">Any other project; the more alike, the cheaper.</param>
    /// <param name="ct">Ends it early.</param>
    public static Project Of(Compilation compilation, Project? before, CancellationToken ct)
    {
        var provider = compilation.Options.SyntaxTreeOptionsProvider;
        var reader = before is not null && before._reader.ReadWith(provider) ? before._reader : new SourceFiles(provider);
        var trees = compilation.SyntaxTrees as ImmutableArray<SyntaxTree>? ?? [.. compilation.SyntaxTrees];
        var files = reader.Read(trees, ct);
        var surroundings = Surroundings.Of(compilation, before?._surroundings);
        if (before is null || surroundings != before._surroundings || surroundings.IsReferredTo)
        {
            return new Project(reader, surroundings, files, NameTable.Of(files), before?._agents ?? []).Parse(compilation, trees, changes: null, ct);
        }

        var changes = new NameChanges();
        var names = Edit(before, files, changes);
        var next = new Project(reader, surroundings, files, names, before._agents);
        return changes.IsEmpty ? next : next.Parse(compilation, trees, changes, ct);
    }

    private static NameTable Edit(Project before, SourceFile[] files, NameChanges changes)
    {
        var edited = Edited(before._files, files);
        if (edited is not null)
        {
            return edited.Count > 0 ? before._names.Edit(before._files, files, edited, changes) : before._names;
        }

        var names = NameTable.Of(files);
        before._names.Compare(names, changes);
        return names;
    }

    /// <summary>The places of the files that declare something else; null if more than a few files were edited.</summary>
    private static List<int>? Edited(SourceFile[] before, SourceFile[] after)
    {
        if (before.Length != after.Length)
        {
            return null;
        }

        var edited = new List<int>();
        for (var i = 0; i < after.Length; i++)
        {
            if (ReferenceEquals(before[i], after[i]) || after[i].DeclaresLike(before[i]))
            {
                continue;
            }

            if (edited.Count == ManyFiles || !after[i].DeclaresSpacesLike(before[i]))
            {
                return null;
            }

            edited.Add(i);
        }

        return edited;
    }

    /// <summary>Parses what the changes touch, or everything.</summary>
    private Project Parse(Compilation compilation, ImmutableArray<SyntaxTree> trees, NameChanges? changes, CancellationToken ct)
    {
        var candidates = Candidates();
        var agents = _agents.ToBuilder();
        var parses = new List<(int Place, Candidate Candidate)>();
        for (var i = 0; i < agents.Count; i++)
        {
            if (agents[i] is not { } agent)
            {
                continue;
            }

            if (!candidates.TryGetValue(agent.Identity, out var candidate))
            {
                agents[i] = null;
                continue;
            }

            candidates.Remove(agent.Identity);
            if (changes is null || changes.Touch(agent.Dependencies))
            {
                parses.Add((i, candidate));
            }
        }

        // What is left is new, and comes in the order of the source.
        var free = 0;
        foreach (var candidate in candidates.Values.OrderBy(static left => left.File).ThenBy(static left => left.Agent.Position))
        {
            while (free < agents.Count && agents[free] is not null)
            {
                free++;
            }

            if (free == agents.Count)
            {
                agents.Add(null);
            }

            parses.Add((free++, candidate));
        }

        var files = new HashSet<int>();
        var reached = parses.ConvertAll(parse => Reach(parse.Candidate, files));
        if (files.Count * FewFiles <= trees.Length && !_surroundings.IsReferredTo)
        {
            compilation = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(files.OrderBy(static file => file).Select(file => trees[file]));
        }

        for (var i = 0; i < parses.Count; i++)
        {
            var (place, candidate) = parses[i];
            agents[place] = new AgentEntry(candidate.Agent.Identity, Parse(compilation, trees[candidate.File], candidate.Agent, ct), reached[i]);
        }

        return new Project(_reader, _surroundings, _files, _names, agents.ToImmutable());
    }

    private Dependencies Reach(Candidate candidate, HashSet<int> files)
    {
        files.Add(candidate.File);
        return _names.Reach(candidate.Agent.Declaration, files);
    }

    /// <summary>The first part of each class that may be an agent, by identity.</summary>
    private Dictionary<string, Candidate> Candidates()
    {
        var aliases = new HashSet<string>(_files.SelectMany(static file => file.GlobalAliases), StringComparer.Ordinal);
        var candidates = new Dictionary<string, Candidate>(StringComparer.Ordinal);
        for (var i = 0; i < _files.Length; i++)
        {
            foreach (var candidate in _files[i].Candidates)
            {
                if (candidate.MayBeAgent(aliases) && !candidates.ContainsKey(candidate.Identity))
                {
                    candidates.Add(candidate.Identity, new Candidate(i, candidate));
                }
            }
        }

        return candidates;
    }

    private static AgentModel? Parse(Compilation compilation, SyntaxTree tree, AgentCandidate candidate, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return tree.GetRoot(ct).FindToken(candidate.Position).Parent is TypeDeclarationSyntax declaration
            && compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration, ct) is INamedTypeSymbol symbol
            ? AgentParser.Parse(symbol, compilation, sink: null, ct)
            : null;
    }

    /// <param name="File">The place of its file among the files.</param>
    /// <param name="Agent">What it declares.</param>
    private readonly record struct Candidate(int File, AgentCandidate Agent);
}
