using System.Globalization;
using System.Text;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>How a random action takes what another makes.</summary>
internal enum LinkKind
{
    Required,
    Optional,
    Merge,
    Race,
    Order,
    Any,
    Previous,
}

/// <summary>One parameter or <c>[DependsOn]</c> of a random action.</summary>
internal sealed record Link(LinkKind Kind, int[] Sources);

/// <summary>One random action.</summary>
internal sealed record RandomAction(Link[] Links, bool IsConditional, bool IsOptional, bool IsSync, int Priority, int Shape);

/// <summary>A random agent: what it is, as C#, and what a run of it must come to by a simple reading of the language's rules.</summary>
internal sealed record RandomAgent(string Name, RandomAction[] Actions, int[] ResultSources, bool Continues, bool Waves, int MaxParallel, int Iterations)
{
    private static readonly string[] Returns = ["int", "Task<int>", "ValueTask<int>"];

    public static RandomAgent Make(int index, Random random)
    {
        var count = 1 + Math.Min(14, index / 8) + random.Next(3);
        if (index % 3 == 0)
        {
            return MakePlain(index, count, random);
        }

        var loops = random.Next(4) == 0;
        var actions = Enumerable.Range(0, count).Select(i => MakeAction(i, count, loops, random)).ToArray();
        var results = random.Next(3) == 0
            ? Enumerable.Range(0, count).Where(_ => random.Next(2) == 0).ToArray()
            : Enumerable.Range(0, count).ToArray();
        return new($"Agent{index}", actions, results, random.Next(3) == 0, random.Next(6) == 0, random.Next(4) == 0 ? 1 + random.Next(3) : 0, loops ? 1 + random.Next(3) : 0);
    }

    /// <summary>An agent of nothing but values and order, which the run time schedules by counting down.</summary>
    private static RandomAgent MakePlain(int index, int count, Random random)
    {
        var actions = Enumerable.Range(0, count)
            .Select(i => new RandomAction(
                [.. Enumerable.Range(0, i == 0 ? 0 : random.Next(4)).Select(_ => new Link(random.Next(3) == 0 ? LinkKind.Order : LinkKind.Required, [random.Next(i)]))],
                false,
                false,
                false,
                random.Next(3) == 0 ? random.Next(5) : 0,
                random.Next(3)))
            .ToArray();
        return new($"Agent{index}", actions, [.. Enumerable.Range(0, count)], false, false, 0, 0);
    }

    public string ToSource()
    {
        var source = new StringBuilder();
        var options = new List<string>();
        if (Continues)
        {
            options.Add("OnFailure = FailurePolicy.Continue");
        }

        if (Waves)
        {
            options.Add("Scheduling = SchedulingMode.Waves");
        }

        if (MaxParallel > 0)
        {
            options.Add($"MaxParallel = {MaxParallel}");
        }

        if (Iterations > 0)
        {
            options.Add("MaxIterations = 5");
        }

        source.AppendLine(CultureInfo.InvariantCulture, $"[Agent({string.Join(", ", options)})]");
        source.AppendLine(CultureInfo.InvariantCulture, $"public sealed partial class {Name}(Script script) : IRandomAgent");
        source.AppendLine("{");
        source.AppendLine("    public async Task<string> PlayAsync(CancellationToken ct) => await RunAsync(ct);");
        for (var i = 0; i < Actions.Length; i++)
        {
            AppendAction(source, i);
        }

        source.AppendLine(CultureInfo.InvariantCulture, $"    [Action, Result] private string Result({string.Join(", ", ResultSources.Select(s => $"[From(nameof(A{s}))] int? a{s}"))}) => script.Finish([{string.Join(", ", ResultSources.Select(s => "a" + s))}]);");
        if (Iterations > 0)
        {
            source.AppendLine("    [Until] private bool Done() => script.IsDone();");
        }

        return source.AppendLine("}").ToString();
    }

    private static RandomAction MakeAction(int index, int count, bool loops, Random random)
    {
        var links = new List<Link>();
        for (var i = 0; index > 0 && i < random.Next(4); i++)
        {
            var kind = (LinkKind)random.Next(6);
            var several = kind is LinkKind.Merge or LinkKind.Race or LinkKind.Any;
            var sources = Enumerable.Range(0, several ? 2 + random.Next(2) : 1).Select(_ => random.Next(index)).Distinct().ToArray();
            if (several && sources.Length == 1)
            {
                kind = LinkKind.Required;
            }

            links.Add(new(kind, sources));
        }

        if (loops && random.Next(3) == 0)
        {
            links.Add(new(LinkKind.Previous, [random.Next(count)]));
        }

        return new([.. links], random.Next(5) == 0, random.Next(8) == 0, random.Next(8) == 0, random.Next(3) == 0 ? random.Next(5) : 0, random.Next(3));
    }

    private void AppendAction(StringBuilder source, int index)
    {
        var action = Actions[index];
        var attributes = new List<string>();
        var settings = new List<string>();
        if (action.IsSync)
        {
            settings.Add("Mode = ActionMode.Sync");
        }

        if (action.Priority > 0)
        {
            settings.Add($"Priority = {action.Priority}");
        }

        attributes.Add($"Action({string.Join(", ", settings)})");
        if (action.IsConditional)
        {
            attributes.Add($"When(nameof(W{index}))");
            source.AppendLine(CultureInfo.InvariantCulture, $"    private bool W{index}() => script.Wants({index});");
        }

        if (action.IsOptional)
        {
            attributes.Add("Optional");
        }

        var parameters = new List<string>();
        var arguments = new List<string>();
        for (var i = 0; i < action.Links.Length; i++)
        {
            var link = action.Links[i];
            var names = string.Join(", ", link.Sources.Select(s => $"nameof(A{s})"));
            switch (link.Kind)
            {
                case LinkKind.Order:
                    attributes.Add($"DependsOn({names})");
                    continue;
                case LinkKind.Any:
                    attributes.Add($"DependsOn({names}, Wait = WaitFor.Any)");
                    continue;
                case LinkKind.Previous:
                    parameters.Add($"[Previous({names})] int? p{i}");
                    arguments.Add($"p{i}");
                    continue;
                case LinkKind.Race:
                    parameters.Add($"[From({names}, Take = Take.First)] int? p{i}");
                    continue;
                default:
                    parameters.Add($"[From({names})] int{(link.Kind == LinkKind.Required ? "" : "?")} p{i}");
                    arguments.Add($"p{i}");
                    continue;
            }
        }

        parameters.Add("CancellationToken ct");
        var call = action.Shape switch
        {
            0 => $"script.Run({index}, [{string.Join(", ", arguments)}])",
            1 => $"script.RunAsync({index}, [{string.Join(", ", arguments)}])",
            _ => $"new(script.RunAsync({index}, [{string.Join(", ", arguments)}]))",
        };
        source.AppendLine(CultureInfo.InvariantCulture, $"    [{string.Join(", ", attributes)}] private {Returns[action.Shape]} A{index}({string.Join(", ", parameters)}) => {call};");
    }
}
