using System.Text.Json;
using AgentFlow.Generators.Graph;
using AgentFlow.Generators.Parsing;

namespace AgentFlow;

/// <summary>Binds the names of a plan to its actions and inputs, and makes the edges of its graph.</summary>
internal sealed class PlanBinder(IReadOnlyList<PlanDraft> drafts, IReadOnlyList<string> inputs, JsonElement inputSchema, List<PlanError> errors)
{
    private readonly Dictionary<string, PlanDraft> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlanDraft> _byKey = new(StringComparer.Ordinal);
    private readonly List<DependencyEdge> _edges = [];
    private readonly List<DependencyEdge> _merges = [];
    private int _groups;
    private int _mergeGroups;

    /// <summary>Binds everything.</summary>
    /// <returns>The edges: groups of any-waits are numbered from 0, those of merges after them.</returns>
    public IReadOnlyList<DependencyEdge> Bind()
    {
        foreach (var draft in drafts)
        {
            _byName.TryAdd(draft.Name, draft);
            if (!_byKey.TryAdd(draft.OutputKey, draft) && draft.Node.Output is not null)
            {
                draft.Json.Report(PlanErrorKind.InvalidName, "output_key", $"another action's output is called '{draft.OutputKey}' already.");
            }

            if (inputs.Contains(draft.OutputKey))
            {
                draft.Json.Report(PlanErrorKind.InvalidName, "output_key", $"an input is called '{draft.OutputKey}' already.");
            }
        }

        foreach (var draft in drafts)
        {
            BindOrder(draft);
            foreach (var (reference, where) in draft.References)
            {
                // A guess at what was meant takes time for each.
                if (errors.Count < PlanReader.MaxErrors)
                {
                    BindReference(draft, reference, where);
                }
            }

            CheckTypes(draft);
        }

        _edges.AddRange(_merges.Select(edge => edge with { Group = edge.Group + _groups }));
        FindCycles();
        return _edges;
    }

    private void BindOrder(PlanDraft draft)
    {
        var sources = new List<int>();
        foreach (var name in draft.DependsOn)
        {
            if (!_byName.TryGetValue(name, out var source))
            {
                var nearest = NearestName.Find(name, _byName.Keys);
                draft.Json.Report(PlanErrorKind.UnknownAction, "depends_on", $"there is no action '{PlanObject.Shorten(name)}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}");
            }
            else if (source.Node.Output is null)
            {
                draft.Json.Report(PlanErrorKind.ForgottenOutput, "depends_on", $"nobody waits for '{name}': its mode is fire_and_forget.");
            }
            else
            {
                sources.Add(source.Index);
            }
        }

        if (!draft.WaitsForAll && draft.DependsOn.Count < 2)
        {
            draft.Json.Report(PlanErrorKind.InvalidPolicy, "wait_for_all", "can be false only where \"depends_on\" has two names or more.");
        }

        var kind = draft.WaitsForAll ? DependencyKind.Order : DependencyKind.Any;
        _edges.AddRange(sources.Select(source => new DependencyEdge(source, draft.Index, kind) { Group = draft.WaitsForAll ? -1 : _groups, IsRequired = draft.WaitsForAll }));
        _groups += draft.WaitsForAll || sources.Count == 0 ? 0 : 1;
    }

    private void BindReference(PlanDraft draft, PlanReference reference, string where)
    {
        var sources = new List<PlanDraft>();
        foreach (var alternative in reference.Alternatives)
        {
            if (alternative.IsItem || alternative.IsIndex)
            {
                alternative.Source = alternative.IsItem ? PlanValues.Item : PlanValues.Index;
                if (draft.Node.ForEach < 0 || where is "for_each" or "condition")
                {
                    draft.Json.Report(PlanErrorKind.UnboundReference, where, $"${alternative.Name} stands for the element at hand, in the parameters of an action with \"for_each\".");
                }
            }
            else if (_byKey.TryGetValue(alternative.Name, out var source))
            {
                alternative.Source = source.Index;
                sources.Add(source);
                if (source.Node.Output is null)
                {
                    draft.Json.Report(PlanErrorKind.ForgottenOutput, where, $"nobody waits for '{source.Name}', so ${alternative.Name} has no value.");
                }
            }
            else if (IndexOf(inputs, alternative.Name) is var input and >= 0)
            {
                alternative.Source = ~input;
            }
            else
            {
                ReportUnbound(draft, alternative.Name, where);
            }
        }

        if (sources.Count == 1 && reference.Alternatives.Count == 1)
        {
            var kind = reference.IsOptional ? DependencyKind.OptionalValue : DependencyKind.Value;
            _edges.Add(new DependencyEdge(sources[0].Index, draft.Index, kind) { Parameter = where, Type = "json", IsRequired = !reference.IsOptional });
        }
        else if (sources.Count > 0)
        {
            // An input among the alternatives is always there.
            var isRequired = !reference.IsOptional && sources.Count == reference.Alternatives.Count;
            _merges.AddRange(sources.Select(source => new DependencyEdge(source.Index, draft.Index, DependencyKind.Merge) { Parameter = where, Type = "json", Group = _mergeGroups, IsRequired = isRequired }));
            _mergeGroups++;
        }
    }

    private void ReportUnbound(PlanDraft draft, string name, string where)
    {
        var known = _byKey.Keys.Concat(inputs).ToList();
        var hint = _byName.TryGetValue(name, out var meant) ? $"The output of '{name}' is called ${meant.OutputKey}."
            : NearestName.Find(name, known) is { } nearest ? $"Did you mean ${nearest}?"
            : $"There are {string.Join(", ", known.Take(50).Select(static k => "$" + k))}.";
        draft.Json.Report(PlanErrorKind.UnboundReference, where, $"nothing is called ${PlanObject.Shorten(name)}. {hint}");
    }

    /// <summary>Refuses references whose types, as far as schemas tell them, cannot fit.</summary>
    private void CheckTypes(PlanDraft draft)
    {
        if (draft.Action is not { } action)
        {
            return;
        }

        if (action.ForEach is { Alternatives: [var items] } && SchemaOf(items) is { } sequence && PlanSchemas.TypesOf(sequence) is { } types && !types.Contains("array"))
        {
            draft.Json.Report(PlanErrorKind.InvalidParameters, "for_each", $"needs an array, and {action.ForEach} is {string.Join(" or ", types)}.");
        }

        if (action.Target.Parameters is not { } parameters)
        {
            return;
        }

        foreach (var (reference, path, name) in action.Parameters.WholeReferences())
        {
            if (reference.Alternatives is [var only] && SchemaOf(only) is { } produced && PlanSchemas.Member(parameters, path) is { } expected && !PlanSchemas.MayFit(produced, expected))
            {
                draft.Json.Report(PlanErrorKind.InvalidParameters, $"parameters{name}", $"needs {string.Join(" or ", PlanSchemas.TypesOf(expected)!)}, and {reference} is {string.Join(" or ", PlanSchemas.TypesOf(produced)!)}.");
            }
        }
    }

    /// <summary>What is known of the value of a reference before the run.</summary>
    private JsonElement? SchemaOf(PlanReference.Alternative alternative)
    {
        if (alternative.Source < 0)
        {
            return PlanSchemas.Member(inputSchema, [alternative.Name, .. alternative.Path]);
        }

        if (alternative.Source >= drafts.Count || drafts[alternative.Source].Action is not { } source)
        {
            return null;
        }

        if (source.ForEach is not null)
        {
            return alternative.Path.Length == 0 ? JsonElement.Parse("""{"type":"array"}""") : null;
        }

        return source.Target.Result is { } result && source.Fallback is null ? PlanSchemas.Member(result, alternative.Path) : null;
    }

    private void FindCycles()
    {
        var successors = new List<int>[drafts.Count];
        for (var i = 0; i < successors.Length; i++)
        {
            successors[i] = [];
        }

        foreach (var (from, to) in _edges.Select(static edge => (edge.From, edge.To)).Distinct())
        {
            if (from == to)
            {
                drafts[from].Json.Report(PlanErrorKind.Cycle, "", $"action '{drafts[from].Name}' waits for itself.");
            }
            else
            {
                successors[from].Add(to);
            }
        }

        foreach (var cycle in Cycles.Find([.. successors.Select(static s => s.ToArray())]))
        {
            var names = string.Join(" → ", cycle.Append(cycle[0]).Select(i => drafts[i].Name));
            errors.Add(new PlanError(PlanErrorKind.Cycle, "actions", $"the actions wait for each other: {names}. Take away one of these dependencies."));
        }
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
