namespace AgentFlow.Fuzz;

/// <summary>Which parts of the language random agents are made of.</summary>
[Flags]
public enum Parts
{
    None = 0,
    Signals = 1,
    Children = 2,
    Transactions = 4,
    AtMostOnce = 8,
    Forgotten = 16,
    Hanging = 32,
    Budgets = 64,
    Cancellation = 128,
    Delays = 256,

    /// <summary>Every action knows where it is.</summary>
    Contexts = 512,

    /// <summary>Delays beside limits of what may run at once.</summary>
    DelaysBesideLimits = 1024,

    /// <summary>Time-outs of the whole run that are reached.</summary>
    WholeTimeouts = 2048,

    /// <summary>Effects of children that happen at most once.</summary>
    AtMostOnceInChildren = 4096,

    /// <summary>Sessions that are redriven when they have failed or were cancelled.</summary>
    Redrives = 8192,

    /// <summary>Children that another attempt of their action runs again.</summary>
    RetriedChildren = 16384,

    /// <summary>Answers of signals that are undone.</summary>
    UndoneAnswers = 32768,
    All = Redrives | RetriedChildren | UndoneAnswers | Signals | Children | Transactions | AtMostOnce | Forgotten | Hanging | Budgets | Cancellation | Delays | DelaysBesideLimits | WholeTimeouts | AtMostOnceInChildren,
}

/// <summary>Makes a random agent of a seed.</summary>
public sealed class Maker
{
    private readonly Random _random;
    private readonly Parts _parts;
    private readonly string _name;
    private readonly int _depth;
    private readonly List<Act> _acts = [];
    private readonly List<Model> _children = [];
    private bool _loops;
    private bool _continues;

    /// <summary>
    /// Whether the run may be tried again. What did not fail then must not have taken a failure for its answer before: so nothing of it is tolerated that may
    /// turn out otherwise.
    /// </summary>
    private bool _hasEpochs;

    /// <summary>Sources of races whose losers are cancelled: what they come to must be seen in the log.</summary>
    private readonly HashSet<int> _racers = [];

    private Maker(string name, Random random, Parts parts, int depth)
    {
        _name = name;
        _random = random;
        _parts = parts;
        _depth = depth;
    }

    public static Model Make(int seed, Parts parts = Parts.All) => new Maker($"G{seed}", new Random(seed), parts, 0).MakeModel();

    private bool Chance(int percent) => _random.Next(100) < percent;

    private bool Has(Parts part, int percent) => (_parts & part) != 0 && Chance(percent);

    private Model MakeModel()
    {
        var count = 1 + _random.Next(_depth == 0 ? (Chance(20) ? 14 : 8) : 4);
        _loops = Chance(_depth == 0 ? 20 : 12);
        var redrives = _depth == 0 && Has(Parts.Redrives, 12) ? 1 + _random.Next(2) : 0;
        _hasEpochs |= redrives > 0;
        _continues = Chance(25) && !_hasEpochs;
        var isPlain = Chance(15);
        var failing = Chance(55) ? 18 : 0;
        var maxParallel = Chance(20) ? 1 + _random.Next(3) : 0;
        var waves = Chance(12);
        for (var i = 0; i < count; i++)
        {
            _acts.Add(isPlain ? MakePlain(i) : MakeAct(i, failing));
        }

        if (!isPlain && Chance(15) && count >= 2)
        {
            AddRace(maxParallel, waves);
        }

        AddResult();
        if (_loops)
        {
            AddPrevious();
        }

        var until = _acts.FindIndex(static a => a.MakesValue && !a.IsForgotten);
        var valueful = _acts.Where(static a => a.MakesValue && !a.IsForgotten).Select(static a => a.Index).ToArray();
        until = valueful[_random.Next(valueful.Length)];
        var model = new Model
        {
            Name = _name,
            Acts = [.. _acts],
            Children = [.. _children],
            Input = _random.Next(1000),
            Continues = _continues,
            Waves = waves,
            MaxParallel = maxParallel,
            MaxIterations = _loops ? 1 + _random.Next(4) : 0,
            ReturnsLast = _loops && Chance(40),
            UntilSource = until,
            Redrives = redrives,
            Budget = Has(Parts.Budgets, 8) ? 1 + _random.Next(2 * _acts.Count + 4) : 0,
        };
        return Finish(model);
    }

    private Model Finish(Model model)
    {
        var acts = model.Acts;
        if ((_parts & Parts.DelaysBesideLimits) == 0 && (model.MaxParallel > 0 || acts.Any(static a => a.IsSync)))
        {
            for (var i = 0; i < acts.Length; i++)
            {
                acts[i] = acts[i] with { Delay = 0 };
            }
        }

        if (_depth == 0 && Has(Parts.Cancellation, 5))
        {
            var at = _random.Next(acts.Length);
            if (acts[at] is { Signal: null, IsForgotten: false, IsCached: false })
            {
                acts[at] = acts[at] with { CancelsCaller = true };
            }
        }

        if (_depth == 0 && Has(Parts.WholeTimeouts, 4))
        {
            // Nothing ends it but the time allowed for the whole run.
            var at = _random.Next(acts.Length);
            if (acts[at] is { Signal: null, IsForgotten: false, IsCached: false, Child: < 0, Output: not Output.Stream, ForEach: null, Timeout: 0, IsOffloaded: false })
            {
                acts[at] = acts[at] with { Pace = Pace.Hang, Hangs = int.MaxValue };
                return model with { Timeout = 30 };
            }
        }

        return Chance(6) ? model with { Timeout = 3_600_000 } : model;
    }

    private Act MakePlain(int index) => new()
    {
        Index = index,
        Output = Chance(85) ? Output.Number : Output.Nothing,
        Pace = (Pace)_random.Next(4),
        TakesInput = index == 0 || Chance(20),
        Links = [.. MakeLinks(index, plain: true)],
        HasContext = (_parts & Parts.Contexts) != 0 || _depth > 0 || _loops || Chance(30),
        Priority = Chance(20) ? _random.Next(5) : 0,
    };

    private Act MakeAct(int index, int failing)
    {
        var act = MakePlain(index) with { Links = [.. MakeLinks(index, plain: false)], Output = Chance(12) ? Output.Nothing : Chance(15) ? Output.Maybe : Chance(20) ? Output.Many : Output.Number };
        if (act.Output == Output.Many && act.Pace is not (Pace.Sync or Pace.Done) && Chance(30))
        {
            act = act with { Output = Output.Stream };
        }

        if (Has(Parts.Forgotten, 6))
        {
            return act with { Output = Output.Nothing, IsForgotten = true, HasContext = true, When = Predicate(index, 30), Failure = Chance(30) ? new(FailureKind.Sometimes, 0, false) : Failure.None };
        }

        if (Has(Parts.Signals, 10))
        {
            return MakeSignal(act);
        }

        var sequences = _acts.Where(static a => a.MakesArray && !a.IsForgotten).Select(static a => a.Index).ToArray();
        if (act.Output != Output.Stream && sequences.Length > 0 && Chance(35))
        {
            act = MakeForEach(act, sequences);
        }

        act = act with
        {
            When = Predicate(index, 18),
            IsSync = Chance(8),
            IsOffloaded = act.Pace == Pace.Sync && Chance(8),
            Effect = Chance(8) ? "None" : Has(_depth > 0 ? Parts.AtMostOnceInChildren : Parts.AtMostOnce, 10) ? "AtMostOnce" : "AtLeastOnce",
        };
        act = AddPolicies(act, failing);
        if (act is { ForEach: null, Output: not Output.Stream } && Has(Parts.Transactions, 8) && act.Pace is Pace.Yield or Pace.Wait && act.ForEach is null && act.Output != Output.Stream && (_parts & Parts.Transactions) != 0 && !act.IsCached)
        {
            act = act with { Effect = "Transactional", HasContext = true, Delay = 0 };
        }

        if (act.Effect != "Transactional" && act.Output is Output.Number or Output.Maybe && act.Effect != "Transactional" && act.Timeout == 0 && !act.IsCached && Has(Parts.Children, _depth < 2 ? 14 : 0))
        {
            var isRetried = act.Effect != "AtMostOnce" && Has(Parts.RetriedChildren, 35);
            var child = new Maker($"{_name}_{_children.Count}", new Random(_random.Next()), _parts & ~Parts.Transactions, _depth + 1) { _hasEpochs = _hasEpochs || isRetried }.MakeModel();
            _children.Add(child with { Name = $"{_name}_{_children.Count}" });
            act = act with { Child = _children.Count - 1, Calls = Chance(30) ? 2 : 1, HasContext = true, Pace = Pace.Yield, IsOffloaded = false, Attempts = isRetried ? 2 + _random.Next(2) : 1, RetriesAll = isRetried };
        }

        if (act is { Child: >= 0, ForEach: { HasUntil: true, MaxParallel: > 1 } both })
        {
            // Which comes first, an element that fails or the one that ends it, is a matter of time.
            act = act with { ForEach = both with { MaxParallel = 1 } };
        }

        return _hasEpochs && (act.Child >= 0 || act.Failure.Kind == FailureKind.Early) ? Untolerated(act) : act;
    }

    private static Act Untolerated(Act act) => act with
    {
        IsOptional = false,
        HasFallback = false,
        FallbackFails = false,
        ForEach = act.ForEach is { } loop ? loop with { AllowsPartialFailure = false, MaxParallel = loop.HasUntil ? 1 : loop.MaxParallel } : null,
    };

    private Act MakeSignal(Act act)
    {
        // What is answered in a later iteration is struck with what was undone before it, and asked again: nobody here would answer.
        var isAnswered = Chance(65) && !(_loops && _hasEpochs);
        var result = act with
        {
            Output = Output.Number,
            Signal = new(isAnswered),
            Timeout = isAnswered ? 0 : 5 + _random.Next(20),
            HasFallback = !isAnswered && Chance(70),
            When = Predicate(act.Index, 20),
            TakesInput = act.TakesInput || act.Links.Length == 0,
            IsOptional = Chance(15),
        };
        return isAnswered && !_hasEpochs && Has(Parts.UndoneAnswers, 30) ? result with { HasCompensation = true, CompensationFails = Chance(12) } : result;
    }

    private Act MakeForEach(Act act, int[] sequences)
    {
        var partial = Chance(30);
        var until = act.Output == Output.Number && Chance(25);
        return act with
        {
            ForEach = new(sequences[_random.Next(sequences.Length)], 1 + _random.Next(4), until, partial),
            Output = act.Output == Output.Many ? Output.Number : act.Output == Output.Maybe ? Output.Number : act.Output,
            HasContext = true,
        };
    }

    private Act AddPolicies(Act act, int failing)
    {
        if (Chance(failing))
        {
            var kind = (FailureKind)(1 + _random.Next(_hasEpochs ? 4 : 3));
            kind = _hasEpochs && Chance(40) ? FailureKind.Early : kind;
            act = act with { Failure = new(kind, 1 + _random.Next(kind == FailureKind.Early ? 2 : 3), Chance(60)) };
        }

        if (act.Output != Output.Stream && Chance(act.Failure.Kind == FailureKind.Never ? 8 : 40) && act.Effect != "AtMostOnce")
        {
            act = act with { Attempts = 2 + _random.Next(3), RetriesAll = Chance(40), HasContext = true };
        }

        if (act.Output is Output.Number or Output.Maybe or Output.Many && Chance(act.Failure.Kind == FailureKind.Never ? 6 : 30))
        {
            // A fallback makes a number.
            act = act.Output == Output.Many ? act : act with { Output = Output.Number, HasFallback = true, FallbackFails = Chance(15) };
        }

        if (act.ForEach is not { HasUntil: true, MaxParallel: > 1, AllowsPartialFailure: false } && act.Output == Output.Number && Chance(8))
        {
            act = act with { Ensures = true };
        }

        if (act.ForEach is { HasUntil: true, MaxParallel: > 1, AllowsPartialFailure: false } && (act.Failure.Kind != FailureKind.Never || act.HasFallback))
        {
            act = act with { ForEach = act.ForEach with { MaxParallel = 1 } };
        }

        if (Has(Parts.Hanging, 5) && act.Output != Output.Stream)
        {
            act = act with { Pace = Pace.Hang, Hangs = 1 + _random.Next(2), Timeout = 8 + _random.Next(8), HasContext = true, IsOffloaded = false, IsIdleTimeout = Chance(30) };
            if (act.ForEach is { HasUntil: true } loop)
            {
                act = act with { ForEach = loop with { MaxParallel = 1 } };
            }
        }
        else if (Chance(5) && act.Pace is Pace.Yield or Pace.Wait && act.Output != Output.Stream)
        {
            act = act with { Timeout = 3_600_000 };
        }

        if (act.Output is Output.Number or Output.Nothing or Output.Many && Chance(act.ForEach is null ? 14 : 45) && act.Failure.Kind != FailureKind.Always)
        {
            act = act with { HasCompensation = true, CompensationFails = Chance(12) };
        }
        else if (act.ForEach is null && act.Output is Output.Number && act.Effect == "AtLeastOnce" && Chance(8))
        {
            act = act with { IsCached = true };
        }

        return act with
        {
            IsOptional = Chance(act.Failure.Kind == FailureKind.Never ? 4 : 25),
            Requires = Predicate(act.Index, 8),
            Delay = Has(Parts.Delays, 7) ? 1 + _random.Next(10) : 0,
        };
    }

    /// <summary>Two actions, of which the first to complete wins and the other is cancelled, and who takes it.</summary>
    private void AddRace(int maxParallel, bool waves)
    {
        var first = _acts.Count;

        // One that hangs until the race is won must keep nobody from starting who wins it.
        var mayHang = maxParallel == 0 && !waves && !_acts.Exists(static a => a.IsSync);
        for (var i = 0; i < 2 + _random.Next(2); i++)
        {
            var slow = i > 0 && mayHang && Has(Parts.Hanging, 50);
            var made = MakePlain(first + i);

            // Whether one that has lost is left out for that or for a failure before it would be a matter of time.
            var isFree = _continues || (i == 0 && mayHang);
            _acts.Add(made with { Output = Output.Number, Pace = slow ? Pace.Hang : (Pace)_random.Next(4), Hangs = slow ? int.MaxValue : 0, Timeout = slow ? 60_000 : 0, HasContext = true, Links = isFree ? [] : made.Links, TakesInput = made.TakesInput || isFree });
            _racers.Add(first + i);
        }

        var kind = Chance(50) ? LinkKind.Race : LinkKind.RaceOptional;
        _acts.Add(MakePlain(_acts.Count) with { Output = Output.Number, Links = [new(kind, [.. _racers], CancelsOthers: true)] });
    }

    private void AddResult()
    {
        var sources = _acts.Where(static a => a.MakesValue && !a.IsForgotten).Select(static a => a.Index).ToList();
        var links = new List<Link>();
        foreach (var source in sources.Where(_ => Chance(80)))
        {
            links.Add(new(LinkKind.Optional, [source]));
        }

        var isStrict = Chance(15);
        if (isStrict)
        {
            links = [.. links.Select(l => Chance(50) ? l with { Kind = LinkKind.Required } : l)];
        }

        var order = _acts.Where(static a => !a.IsForgotten && !a.MakesValue && a.Index % 2 == 0).Select(static a => a.Index).ToArray();
        if (order.Length > 0)
        {
            links.Add(new(LinkKind.Order, order));
        }

        _acts.Add(new()
        {
            Index = _acts.Count,
            Output = Chance(60) ? Output.Number : Output.Maybe,
            Pace = (Pace)_random.Next(4),
            TakesInput = links.Count == 0,
            Links = [.. links],
            HasContext = (_parts & Parts.Contexts) != 0 || _depth > 0 || _loops || Chance(40),
        });
    }

    private void AddPrevious()
    {
        for (var i = 0; i < _acts.Count; i++)
        {
            var sources = _acts.Where(static a => a.MakesValue && !a.IsForgotten).Select(static a => a.Index).ToArray();
            if (_acts[i].Signal is null && Chance(40) && sources.Length > 0)
            {
                _acts[i] = _acts[i] with { Links = [.. _acts[i].Links, new(LinkKind.Previous, [sources[_random.Next(sources.Length)]])] };
            }
        }
    }

    private int[]? Predicate(int index, int percent)
    {
        var sources = Sources(index, values: true);
        return sources.Length == 0 || !Chance(percent) ? null : [.. Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => sources[_random.Next(sources.Length)]).Distinct()];
    }

    private int[] Sources(int index, bool values) => [.. _acts.Take(index).Where(a => !a.IsForgotten && (a.MakesValue || !values)).Select(static a => a.Index)];

    private IEnumerable<Link> MakeLinks(int index, bool plain)
    {
        var values = Sources(index, values: true);
        var all = Sources(index, values: false);
        if (all.Length == 0)
        {
            yield break;
        }

        for (var i = _random.Next(4); i > 0; i--)
        {
            var kind = plain ? (Chance(30) ? LinkKind.Order : LinkKind.Required) : (LinkKind)_random.Next(6);
            if (kind is LinkKind.Order or LinkKind.Any)
            {
                var sources = Pick(all, kind == LinkKind.Any ? 2 + _random.Next(2) : 1);
                yield return new(sources.Length == 1 ? LinkKind.Order : kind, sources);
                continue;
            }

            if (values.Length == 0)
            {
                continue;
            }

            var first = values[_random.Next(values.Length)];
            var isRace = kind is LinkKind.Race or LinkKind.RaceOptional;
            var several = isRace || (!plain && Chance(25));
            var alike = values.Where(v => _acts[v].MakesArray == _acts[first].MakesArray).ToArray();
            var picked = several ? Pick(alike, 2 + _random.Next(2)) : [first];
            yield return picked.Length == 1 && isRace ? new(kind == LinkKind.Race ? LinkKind.Required : LinkKind.Optional, picked) : new(kind, picked);
        }
    }

    private int[] Pick(int[] from, int count) => [.. Enumerable.Range(0, count).Select(_ => from[_random.Next(from.Length)]).Distinct()];
}
