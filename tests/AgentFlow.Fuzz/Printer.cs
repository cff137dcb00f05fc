using System.Globalization;
using System.Text;

namespace AgentFlow.Fuzz;

/// <summary>Prints a random agent as C#.</summary>
public sealed class Printer
{
    private readonly StringBuilder _source = new();
    private readonly Model _model;
    private readonly HashSet<string> _texts = [];

    private Printer(Model model) => _model = model;

    public static string Print(Model model) => string.Join('\n', model.All.Select(static m => new Printer(m).PrintOne()));

    private string PrintOne()
    {
        var options = new List<string>();
        Add(options, _model.Continues, "OnFailure = FailurePolicy.Continue");
        Add(options, _model.Waves, "Scheduling = SchedulingMode.Waves");
        Add(options, _model.MaxParallel > 0, $"MaxParallel = {_model.MaxParallel}");
        Add(options, _model.Loops, $"MaxIterations = {_model.MaxIterations}");
        Add(options, _model.ReturnsLast, "OnLimit = LimitPolicy.ReturnLast");
        var attributes = $"Agent({string.Join(", ", options)})" + (_model.Timeout > 0 ? $", Timeout(\"{Duration(_model.Timeout)}\")" : "") + (_model.Budget > 0 ? $", Budget(Actions = {_model.Budget})" : "");
        Line($"[{attributes}]");
        Line($"public sealed partial class {_model.Name}(World world, string path) : IFuzzAgent");
        Line("{");
        Line($"    private readonly Player _p = world.For(\"{_model.Name}\", path);");
        Line($"    public Bridge Bridge => new Bridge<{_model.Name}, long, {TypeOf(_model.Result)}>(this, {_model.Input}L);");
        foreach (var act in _model.Acts)
        {
            Print(act);
        }

        if (_model.Loops)
        {
            var (parameters, args) = Looks("", [_model.UntilSource]);
            Line($"    [Until] private static bool Done({parameters}) => Script.Holds(\"{_model.Name}\", \"Done\"{args});");
        }

        Line("}");
        return _source.ToString();
    }

    private void Print(Act act)
    {
        var attributes = new List<string>();
        var parameters = new List<string>();
        var args = new List<string>();
        Attributes(act, attributes);
        Parameters(act, attributes, parameters, args);
        var context = act.HasContext || act.Child >= 0 ? "context" : "null";
        if (act.Signal is { } signal)
        {
            Line($"    [{string.Join(", ", attributes)}] private partial Task<{Single(act)}> {act.Name}({string.Join(", ", parameters)});");
            return;
        }

        Add(parameters, context != "null", "ActionContext context");
        var isAsync = act.Pace != Pace.Sync && act.Pace != Pace.Done;
        Add(parameters, isAsync || act.Child >= 0, "CancellationToken ct");
        var list = string.Join(", ", args);
        var call = act switch
        {
            { Child: >= 0 } => $"await _p.ChildAsync({act.Index}, context, ct, [{list}], (at, input) => Text(context.RunChildAsync(new {_model.Children[act.Child].Name}(world, at), input, ct)))",
            { Pace: Pace.Sync } => $"_p.Run({string.Join(", ", args.Prepend(context).Prepend(Number(act)))})",
            { Pace: Pace.Done } => $"_p.DoneAsync({string.Join(", ", args.Prepend(context).Prepend(Number(act)))})",
            _ => $"_p.RunAsync({string.Join(", ", args.Prepend("ct").Prepend(context).Prepend(Number(act)))})",
        };
        var (type, body) = (act.Output, act.Pace, act.Child >= 0) switch
        {
            (Output.Stream, _, _) => ("IAsyncEnumerable<long>", $"=> _p.StreamAsync({string.Join(", ", args.Prepend("ct").Prepend(context).Prepend(Number(act)))});"),
            (_, _, true) => ($"async Task<{Single(act)}>", $"=> {Read(act)}({call});"),
            (Output.Nothing, Pace.Sync, _) => ("void", $"=> {call};"),
            (Output.Nothing, Pace.Done, _) => ("Task", $"=> {call};"),
            (Output.Nothing, _, _) => (act.Index % 2 == 0 ? "async Task" : "async ValueTask", $"=> await {call};"),
            (_, Pace.Sync, _) => (Single(act), $"=> {Read(act)}({call});"),
            (_, Pace.Done, _) => ($"async Task<{Single(act)}>", $"=> {Read(act)}(await {call});"),
            _ => (act.Index % 2 == 0 ? $"async Task<{Single(act)}>" : $"async ValueTask<{Single(act)}>", $"=> {Read(act)}(await {call});"),
        };
        Line($"    [{string.Join(", ", attributes)}] private {type} {act.Name}({string.Join(", ", parameters)}) {body}");
        if (act.Child >= 0)
        {
            var child = _model.Children[act.Child];
            if (!_texts.Add(TypeOf(child.Result)))
            {
                return;
            }

            Line($"    private static async ValueTask<string> Text(ValueTask<{TypeOf(child.Result)}> task) => Script.Of(await task);");
        }
    }

    private void Attributes(Act act, List<string> attributes)
    {
        var settings = new List<string>();
        Add(settings, act.IsSync, "Mode = ActionMode.Sync");
        Add(settings, act.IsForgotten, "Mode = ActionMode.FireAndForget");
        Add(settings, act.Priority > 0, $"Priority = {act.Priority}");
        Add(settings, act.IsOffloaded, "Offload = true");
        Add(settings, act.Effect != "AtLeastOnce", $"Effect = Effect.{act.Effect}");
        if (act.Signal is { } signal)
        {
            attributes.Add(signal.IsAnswered ? (act.Index % 2 == 0 ? "Signal" : "Signal(Timeout = \"06:00:00\")") : $"Signal(Timeout = \"{Duration(act.Timeout)}\")");
        }
        else
        {
            attributes.Add(settings.Count == 0 ? "Action" : $"Action({string.Join(", ", settings)})");
        }

        Add(attributes, act.Index == _model.Acts.Length - 1, "Result");
        Add(attributes, act.IsOptional, "Optional");
        Add(attributes, act.IsCached, "Cache(\"01:00:00\")");
        Add(attributes, act.Delay > 0, $"Delay(\"{Duration(act.Delay)}\")");
        Add(attributes, act.Timeout > 0 && act.Signal is null, act.IsIdleTimeout ? $"Timeout(Idle = \"{Duration(act.Timeout)}\")" : $"Timeout(\"{Duration(act.Timeout)}\")");
        Add(attributes, act.Attempts > 1, $"Retry({act.Attempts}, Delay = \"00:00:00.001\"{Retried(act)}{(act.Index % 2 == 0 ? ", Jitter = false" : "")})");
        if (act.ForEach is { } loop)
        {
            attributes.Add($"ForEach(nameof(A{loop.Source}), MaxParallel = {loop.MaxParallel}{(loop.HasUntil ? $", Until = nameof(S{act.Index})" : "")}{(loop.AllowsPartialFailure ? ", AllowPartialFailure = true" : "")})");
            if (loop.HasUntil)
            {
                Line($"    private static bool S{act.Index}(long made) => Script.Holds(\"{_model.Name}\", \"S{act.Index}\", Script.Of(made));");
            }
        }

        Predicate("When", "W", act.When, act, attributes);
        Predicate("Requires", "Q", act.Requires, act, attributes);
        if (act.Ensures)
        {
            attributes.Add($"Ensures(nameof(E{act.Index}))");
            var name = $"a{act.Index}";
            Line($"    private static string? E{act.Index}({(act.ForEach is null ? Own(act) : Single(act))} {name}) => Script.Holds(\"{_model.Name}\", \"E{act.Index}\", Script.Of({name})) ? null : \"not so\";");
        }

        if (act.HasFallback)
        {
            attributes.Add($"Fallback(nameof(F{act.Index}))");
            var context = act.HasContext;
            Line($"    private {Single(act)} F{act.Index}({(act.Index % 2 == 0 ? "Exception failure" : "")}{(context ? (act.Index % 2 == 0 ? ", " : "") + "ActionContext context" : "")}) => {Read(act)}(_p.Fallback({act.Index}, {(context ? "context" : "null")}));");
        }

        if (act.HasCompensation)
        {
            attributes.Add($"Compensate(nameof(C{act.Index}))");
            var own = act.Output == Output.Nothing ? "" : $"{Own(act)} a{act.Index}, ";
            Line($"    private Task C{act.Index}({own}ActionContext context) => _p.UndoAsync({act.Index}, context, {(own.Length == 0 ? "\"ok\"" : $"Script.Of(a{act.Index})")});");
        }
    }

    private void Predicate(string attribute, string letter, int[]? sources, Act act, List<string> attributes)
    {
        if (sources is null)
        {
            return;
        }

        var (parameters, args) = Looks("", sources);
        attributes.Add($"{attribute}(nameof({letter}{act.Index}))");
        Line($"    private static bool {letter}{act.Index}({parameters}) => Script.Holds(\"{_model.Name}\", \"{letter}{act.Index}\"{args});");
    }

    private (string Parameters, string Args) Looks(string first, int[] sources) => (
        string.Join(", ", sources.Select((s, i) => $"[From(nameof(A{s}))] {TypeOf(_model.Acts[s]).TrimEnd('?')}? q{i}")),
        string.Concat(sources.Select(static (_, i) => $", Script.Of(q{i})")));

    private void Parameters(Act act, List<string> attributes, List<string> parameters, List<string> args)
    {
        if (act.TakesInput)
        {
            parameters.Add("[Input] long x");
            args.Add("Script.Of(x)");
        }

        if (act.ForEach is not null)
        {
            parameters.Add("[Item] long item");
            args.Add("Script.Of(item)");
        }

        for (var i = 0; i < act.Links.Length; i++)
        {
            var link = act.Links[i];
            var names = string.Join(", ", link.Sources.Select(static s => $"nameof(A{s})"));
            if (link.Kind is LinkKind.Order or LinkKind.Any)
            {
                attributes.Add($"DependsOn({names}{(link.Kind == LinkKind.Any ? ", Wait = WaitFor.Any" : "")})");
                continue;
            }

            var isRequired = IsRequired(_model, link);
            var type = TypeOf(_model.Acts[link.Sources[0]]).TrimEnd('?') + (isRequired ? "" : "?");
            var race = link.Kind is LinkKind.Race or LinkKind.RaceOptional ? ", Take = Take.First" + (link.CancelsOthers ? ", CancelOthers = true" : "") : "";
            parameters.Add($"[{(link.Kind == LinkKind.Previous ? "Previous" : "From")}({names}{race})] {type} p{i}");
            args.Add($"Script.Of(p{i})");
        }
    }

    /// <summary>One whose source may be null cannot insist on a value.</summary>
    public static bool IsRequired(Model model, Link link) => link.Kind is LinkKind.Required or LinkKind.Race && !link.Sources.Any(s => model.Acts[s].IsSometimesNull);

    /// <summary>The type of a call of the body.</summary>
    private static string Single(Act act) => act.Output switch { Output.Number => "long", Output.Maybe => act.ForEach is null ? "long?" : "long", _ => "long[]" };

    private static string Own(Act act) => TypeOf(act);

    private static string TypeOf(Act act) => act.MakesArray ? "long[]" : act.Output == Output.Maybe ? "long?" : "long";

    private static string Retried(Act act) => act switch
    {
        { RetriesAll: false } => "",
        { Child: >= 0 } => ", On = [typeof(Exception)]",
        _ => ", On = [typeof(ScriptedException), typeof(System.IO.IOException), typeof(TimeoutException)]",
    };

    private static string Read(Act act) => Single(act) switch { "long" => "Script.Number", "long?" => "Script.Maybe", _ => "Script.Many" };

    private static string Number(Act act) => act.Index.ToString(CultureInfo.InvariantCulture);

    private static string Duration(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds).ToString("c", CultureInfo.InvariantCulture);

    private static void Add(List<string> list, bool wanted, string text)
    {
        if (wanted)
        {
            list.Add(text);
        }
    }

    private void Line(string text) => _source.Append(text).Append('\n');
}
