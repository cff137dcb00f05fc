namespace AgentFlow.Fuzz;

/// <summary>What each action comes to.</summary>
internal sealed partial class RunReading
{
    /// <summary>
    /// What an action came to that stands since an earlier epoch although something that it was made of has been undone since, or done again: it was made of
    /// what there was then.
    /// </summary>
    private Standing? JudgedBefore(Act act)
    {
        var notes = _notes.FindAll(n => n.Iteration == _iteration && n.Action == act.Index && n.Kind is NoteKind.Start or NoteKind.End or NoteKind.Fallback);
        var epoch = notes.Select(static n => n.Epoch).DefaultIfEmpty(_epoch).Max();
        if (!_oracle.Trial.IsSession)
        {
            return null;
        }

        int[] sources = [.. act.Links.Concat(act.Waits).SelectMany(static l => l.Sources), .. act.When ?? [], .. act.Requires ?? []];
        if (epoch >= _epoch)
        {
            return JudgedBeforeDeath(notes, sources);
        }

        var isDoneAgain = _oracle.AllNotesOf(_path).Where(n => n.Iteration == _iteration && sources.Contains(n.Action)).Any(n =>
            (n.Kind == NoteKind.Undo && n.Epoch >= epoch && n.Epoch < _epoch) || (n.Kind == NoteKind.Start && n.Epoch > epoch && n.Epoch <= _epoch));

        // The epoch was not read if the process that counted its attempts has died. Then the notes decide.
        return isDoneAgain ? _oracle.Kept(_path, epoch, _iteration, act.Index) ?? Ended(notes) : null;
    }

    /// <summary>
    /// The same of a child that ended, undid what it had done, and went on in another process, for which the attempt of its caller is the first again: the epoch is
    /// the same, and what the action was made of is not there any more.
    /// </summary>
    private Standing? JudgedBeforeDeath(List<Note> notes, int[] sources)
    {
        if (Lives == 1 || Epochs.IsRoot(_path) || notes.Count == 0)
        {
            return null;
        }

        var all = _oracle.AllNotesOf(_path).Where(n => n.Epoch == _epoch && n.Iteration == _iteration && sources.Contains(n.Action)).ToList();
        var last = notes.Max(static n => n.At);
        var undone = all.Find(n => n.Kind == NoteKind.Undo && n.At > last);
        if (undone is null || !all.Exists(n => n.Kind == NoteKind.Start && n.Action == undone.Action && n.At > undone.At && n.Life > undone.Life))
        {
            return null;
        }

        return Ended(notes);
    }

    /// <summary>Reads the outcome of an action from its notes.</summary>
    private Standing Ended(List<Note> notes)
    {
        var ends = notes.FindAll(static n => n.Kind is NoteKind.End or NoteKind.Fallback && n.Item < 0).ConvertAll(static n => n.Value);
        return !_isCut && ends.Count > 0 ? new(Fate.Completed, ends) : new(Fate.Open, ends) { MayBeOver = true };
    }

    private Standing Judge(Act act)
    {
        var notes = _notes.FindAll(n => n.Iteration == _iteration && n.Action == act.Index && n.Kind is not (NoteKind.Undo or NoteKind.UndoFails or NoteKind.Settled or NoteKind.RunEnded or NoteKind.Redriven));
        var fate = FateOf(act, out var isOpen);
        if (notes.Count == 0 && IsLost(act))
        {
            // Lost before it could be left out for another reason, or after: it feeds nobody.
            return new(Fate.Skipped);
        }

        if (isOpen && fate == Fate.Completed && notes.Count == 0 && act.Signal is null)
        {
            // It may have been over without being seen: nothing of it is noted.
            var isEmpty = act.ForEach is { } loop && ValuesOf(_standings[loop.Source]).Contains("[]");
            return new(Fate.Open, isEmpty ? ["[]"] : []) { MayBeOver = isEmpty || act.Waits.SelectMany(static l => l.Sources).Any(s => _standings[s].MayBeOver) || act.Requires is not null || act.When is not null };
        }

        if (isOpen && fate == Fate.Completed && notes.Count > 0)
        {
            CheckOpenSources(act);
        }

        if (fate == Fate.Completed && act.When is { } when && !IsLikely($"W{act.Index}", when, notes.Count > 0 || act.Signal is not null))
        {
            fate = Fate.Skipped;
        }

        if (fate != Fate.Completed)
        {
            if (notes.Count > 0)
            {
                Complain($"{_iteration}/{act.Name} ran, and should be {fate}: {notes[0]}");
            }

            return new(fate);
        }

        var standing = act switch
        {
            { Signal: not null } => JudgeSignal(act, notes),
            { ForEach: not null } => JudgeForEach(act, notes),
            _ => JudgeSingle(act, notes),
        };
        if (act is { Signal: not null, When: { } asked } && standing.Fate == Fate.Completed && Answers($"W{act.Index}", asked).Count > 1)
        {
            // Nothing is noted of a signal: whether it was waited for shows in what its consumers are given.
            return new(Fate.Open, standing.Values) { MayBeOver = true };
        }

        return standing.Fate == Fate.Failed && (act.IsOptional || act.IsForgotten)
            ? new(Fate.Skipped) { Parts = standing.Parts, HasParts = standing.HasParts }
            : standing;
    }

    /// <summary>Completed if nothing speaks against the action's running.</summary>
    private Fate FateOf(Act act, out bool isOpen)
    {
        isOpen = false;
        var skipped = false;
        foreach (var link in act.Waits)
        {
            var sources = link.Sources.Select(s => _standings[s]).ToArray();
            var isRequired = link.Kind is LinkKind.Required or LinkKind.Race && (act.ForEach?.Source == link.Sources[0] && link.Sources.Length == 1 || Printer.IsRequired(_model, link));
            if (link.Kind == LinkKind.Order || sources.Length == 1)
            {
                if (sources.Any(static s => s.IsBad))
                {
                    return Fate.Blocked;
                }

                isOpen |= sources.Any(static s => s.Fate == Fate.Open);
                skipped |= isRequired && sources[0].Fate == Fate.Skipped;
                continue;
            }

            var any = sources.Any(static s => s.Fate == Fate.Completed);
            var open = sources.Any(static s => s.Fate == Fate.Open);
            var isFirst = link.Kind is LinkKind.Race or LinkKind.RaceOptional or LinkKind.Any;
            isOpen |= open && !(isFirst && any);
            if (any || open)
            {
                continue;
            }

            if (sources.Any(static s => s.IsBad))
            {
                return Fate.Blocked;
            }

            skipped |= isRequired;
        }

        return skipped ? Fate.Skipped : Fate.Completed;
    }

    /// <summary>One that ran although something that it waits for was not over.</summary>
    private void CheckOpenSources(Act act)
    {
        foreach (var link in act.Waits.Where(static l => l.Kind is not (LinkKind.Race or LinkKind.RaceOptional or LinkKind.Any)))
        {
            foreach (var source in link.Sources.Where(s => _standings[s] is { Fate: Fate.Open, MayBeOver: false }))
            {
                Complain($"{_iteration}/{act.Name} ran before A{source} was over");
            }
        }
    }

    private bool IsLikely(string predicate, int[] sources, bool wasSeen)
    {
        var answers = Answers(predicate, sources);
        return answers.Count == 1 ? answers[0] : wasSeen;
    }

    private List<bool> Answers(string predicate, int[] sources) =>
        [.. Combinations([.. sources.Select(s => ValuesOf(_standings[s]))]).Select(args => Script.Holds(_model.Name, predicate, args)).Distinct()];

    private Standing JudgeSignal(Act act, List<Note> notes)
    {
        if (_oracle.Trial.IsSession && act.Signal!.IsAnswered)
        {
            // Nothing is noted of a signal: those of which it is not known whether they were waited for may have taken an answer, or not.
            var number = ++_answers[act.Index];
            var isUnsure = act.When is { } when && Answers($"W{act.Index}", when).Count > 1;
            var unsure = _unsure[act.Index] += isUnsure ? 1 : 0;
            var answers = Enumerable.Range(0, Math.Min(number, unsure + 1)).Select(k => Script.Answer(_model, act, number - k));
            return _isCut ? new(Fate.Open, answers) { MayBeOver = true } : new(Fate.Completed, answers);
        }

        if (!act.HasFallback)
        {
            return _isCut ? new(Fate.Open) { MayBeOver = true } : new(Fate.Failed);
        }

        var value = Script.Fallback(_model, act, _iteration, -1);
        if (notes.Exists(n => n.Value != value))
        {
            Complain($"{_iteration}/{act.Name}: the fallback made something else than {value}");
        }

        return _isCut ? new(Fate.Open, value) { MayBeOver = true } : new(Fate.Completed, value);
    }

    private Standing JudgeSingle(Act act, List<Note> notes)
    {
        var candidates = Candidates(act, null);
        var (state, values) = JudgeCall(act, -1, candidates, notes);
        if (state == Fate.Completed && Lives > 1 && IsLost(act))
        {
            // It came to its end, which may have been lost with its process.
            return new(Fate.Open, values) { MayBeOver = true };
        }

        if (state != Fate.Open)
        {
            return new(state, values);
        }

        if (IsLost(act) || IsForgottenStart(notes))
        {
            return new(Fate.Skipped);
        }

        if (!_isCut && !act.IsForgotten)
        {
            Complain($"{_iteration}/{act.Name} did not come to its end ({notes.Count} notes)");
        }

        // What an earlier process made of it may be lost though something has begun with it there.
        var made = _oracle.Trial.IsDeferred && Lives > 1 ? notes.FindAll(static n => n.Kind is NoteKind.End or NoteKind.Fallback) : [];
        return new(Fate.Open, made.Select(static n => n.Value)) { MayBeOver = made.Count > 0 };
    }

    /// <summary>
    /// Whether it began in earlier lives only. What made it begin may be lost with them, and may have turned out otherwise since.
    /// </summary>
    private bool IsForgottenStart(List<Note> notes) => _oracle.Trial.IsDeferred && notes.Count > 0 && notes.TrueForAll(n => n.Life < Lives);

    /// <summary>Whether another of its race has won.</summary>
    private bool IsLost(Act act) => _model.Acts
        .SelectMany(static a => a.Links)
        .Where(l => l.CancelsOthers && l.Sources.Contains(act.Index))
        .Any(l => l.Sources.Any(s => s != act.Index && _notes.Exists(n => n.Iteration == _iteration && n.Action == s && n.Kind == NoteKind.End)));

    /// <summary>What each parameter may be given.</summary>
    private List<List<string>> Candidates(Act act, string? item)
    {
        var candidates = new List<List<string>>();
        if (act.TakesInput)
        {
            candidates.Add([Script.Of(_input)]);
        }

        if (item is not null)
        {
            candidates.Add([item]);
        }

        foreach (var link in act.Links.Where(static l => l.Kind is not (LinkKind.Order or LinkKind.Any)))
        {
            candidates.Add(CandidatesOf(link));
        }

        return candidates;
    }

    private List<string> CandidatesOf(Link link)
    {
        if (link.Kind == LinkKind.Previous)
        {
            return _previous.Length == 0 ? [Script.None] : ValuesOf(_previous[link.Sources[0]]);
        }

        var sources = link.Sources.Select(s => _standings[s]).ToList();
        if (sources.Count == 1)
        {
            return ValuesOf(sources[0]);
        }

        if (link.Kind is LinkKind.Race or LinkKind.RaceOptional)
        {
            var all = sources.Where(static s => s.Fate is Fate.Completed or Fate.Open).SelectMany(static s => s.Values).Distinct().ToList();
            return sources.Exists(static s => s.Fate == Fate.Completed) ? all : [.. all, Script.None];
        }

        var values = new List<string>();
        foreach (var source in sources)
        {
            if (source.Fate is Fate.Completed or Fate.Open)
            {
                values.AddRange(source.Values);
            }

            if (source.Fate == Fate.Completed)
            {
                return values;
            }
        }

        values.Add(Script.None);
        return values;
    }

    /// <summary>A value that was seen is the one that was made.</summary>
    private void Narrow(Act act, string[] args)
    {
        var at = (act.TakesInput ? 1 : 0) + (act.ForEach is null ? 0 : 1);
        foreach (var link in act.Links.Where(static l => l.Kind is not (LinkKind.Order or LinkKind.Any)))
        {
            var seen = args[at++];
            if (link.Kind != LinkKind.Previous && link.Sources.Length == 1 && _standings[link.Sources[0]] is { Fate: Fate.Completed, Values.Count: > 1 } standing && standing.Values.Contains(seen))
            {
                standing.Values = [seen];
            }
        }
    }

    /// <summary>
    /// Whether the output of an action that is cached may be at hand. A session goes on by whatever instance of its agent was registered last, and has
    /// what others have left there.
    /// </summary>
    private bool IsKnown(Act act, int item, string[] args)
    {
        var text = string.Join(';', args);
        return _cached.Contains((act.Index, text))
            || (_oracle.Trial.IsSession && Script.Value(_model, act, _iteration, 1, item, args) is var value
                && _oracle.Trial.Notes.Any(n => n.Kind == NoteKind.End && n.Action == act.Index && n.Args == text && n.Value == value));
    }

    /// <summary>What a call of the body comes to. Open: it was not seen, or not to its end.</summary>
    private (Fate Fate, List<string> Values) JudgeCall(Act act, int item, List<List<string>> candidates, List<Note> all)
    {
        var notes = all.FindAll(n => n.Item == item);

        // A precondition knows nothing of the element: where one began, it held for all.
        if (act.Requires is { } requires && !IsLikely($"Q{act.Index}", requires, all.Exists(static n => n.Kind == NoteKind.Start)))
        {
            return Conclude(act, Call.Refused(_model, act, _iteration, item), notes, item);
        }

        var starts = notes.FindAll(static n => n.Kind == NoteKind.Start);
        if (starts.Count == 0)
        {
            var known = act.IsCached ? Combinations(candidates).Where(args => IsKnown(act, item, args)).ToList() : [];
            return known.Count > 0 ? (Fate.Completed, [.. known.Select(args => Script.Value(_model, act, _iteration, 1, item, args))]) : (Fate.Open, []);
        }

        var isOfAnother = _oracle.Trial.IsDeferred || (act.IsForgotten && _epoch > 1);
        if (isOfAnother && starts.Exists(s => s.Args != starts[^1].Args))
        {
            // The process that gave it something else has died, and what that was made of is lost; or it was let go before the session was redriven.
            notes = notes.FindAll(n => n.Args == starts[^1].Args);
            starts = starts.FindAll(s => s.Args == starts[^1].Args);
        }

        var text = starts[0].Args;
        var args = text.Length == 0 && candidates.Count == 0 ? [] : text.Split(';');
        if (args.Length != candidates.Count || args.Where((a, i) => !candidates[i].Contains(a)).Any())
        {
            Complain($"{_iteration}/{act.Name}/{item} was given ({text}), not ({string.Join("; ", candidates.Select(static c => string.Join(" or ", c)))})");
            return (Fate.Open, []);
        }

        if (Lives == 1 && starts.Exists(s => s.Args != text))
        {
            Complain($"{_iteration}/{act.Name}/{item} was given one thing and then another");
        }

        Narrow(act, args);
        if (act.Child >= 0)
        {
            return JudgeChild(act, item, args, notes);
        }

        return Conclude(act, Call.Of(_model, act, _iteration, notes[0].Epoch, item, args), notes, item, text);
    }

    private (Fate Fate, List<string> Values) JudgeChild(Act act, int item, string[] args, List<Note> notes)
    {
        if (act.Attempts > 1 && Lives > 1)
        {
            // Whoever claims the session counts its attempts anew.
            var life = notes.FindLast(static n => n.Kind == NoteKind.Start)!.Life;
            var first = notes.FindLast(n => n.Life == life && n.Attempt == 1 && n.Kind == NoteKind.Start);
            notes = notes.FindAll(n => n.Life == life && n.At >= (first?.At ?? 0));
        }

        var attempts = new List<(Step Step, string Value)>();
        while (true)
        {
            var attempt = attempts.Count + 1;
            var of = notes.FindAll(n => n.Attempt == attempt);
            if (!of.Exists(static n => n.Kind == NoteKind.Start))
            {
                // The run ended before the next attempt.
                return (Fate.Open, []);
            }

            var isLast = !notes.Exists(n => n.Attempt > attempt && n.Kind == NoteKind.Start);
            if (JudgeAttempt(act, item, attempt, args, of, isLast) is not { } judged)
            {
                return (Fate.Open, []);
            }

            attempts.Add(judged);
            if (judged.Step == Step.Makes || attempt >= act.Attempts)
            {
                return Conclude(act, Call.OfChildren(_model, act, _iteration, item, attempts), notes, item);
            }
        }
    }

    /// <summary>What an attempt comes to that runs children; null: it was not seen to its end.</summary>
    private (Step Step, string Value)? JudgeAttempt(Act act, int item, int attempt, string[] args, List<Note> notes, bool isLast)
    {
        var ended = notes.FindLast(static n => n.Kind is NoteKind.End or NoteKind.Fail or NoteKind.Cancelled);
        var (last, end) = ended switch
        {
            null => (act.Calls, null),
            { Kind: NoteKind.Cancelled } when Lives > 1 => (act.Calls, null),
            { Kind: NoteKind.Cancelled } => (Number(ended), new(EndKind.Cancelled, "", null, "")),
            { Kind: NoteKind.Fail, Value.Length: > 0 } => (Number(ended), Parse(ended.Value[(ended.Value.IndexOf(' ', StringComparison.Ordinal) + 1)..])),
            _ => (act.Calls, Ending.Completed("?")),
        };
        var made = new List<List<string>>();
        for (var call = 1; call <= last; call++)
        {
            var path = $"{_path}/{_iteration}/{act.Name}/{Math.Max(0, item)}.{call}";
            var begun = notes.FindLast(static n => n.Kind == NoteKind.Start)!.At;
            var epochs = Epochs.Attempts(_oracle.AllNotesOf(_path), path).Count;
            var now = Epochs.Attempts(_oracle.AllNotesOf(_path).Where(n => n.At <= begun), path).Count;
            var own = OwnEpochs(act, item, call, path, now, begun);
            if (call == last && IsRefused(act, path, end, own, now))
            {
                return (Step.Fails, "");
            }

            var isOver = end is not null && call < last;
            var epoch = LastWithNotes(path, now, own, ended?.At ?? long.MaxValue);
            if ((isOver || end is { Kind: EndKind.Completed }) && IsUndone(path, epoch))
            {
                // It was redriven, and there was nothing left to do.
                epoch = now;
            }

            var child = new RunReading(
                _oracle,
                _model.Children[act.Child],
                path,
                Script.ChildInput(_model, act, call, args),
                isOver ? Ending.Completed("?") : end,
                epoch,
                _isLast && isLast && epoch >= LastWithNotes(path, epochs, own),
                own);
            child.Read();
            made.Add(child.Results);
        }

        switch (end?.Kind)
        {
            case null or EndKind.Cancelled:
                return null;
            case not EndKind.Completed:
                return (Step.Fails, "");
        }

        foreach (var results in Combinations(made))
        {
            string[] all = [.. args, .. results];
            var value = Script.Value(_model, act, _iteration, attempt, item, all);
            var step = Call.StepOf(_model, act, attempt, notes[0].Epoch, item, all, value);
            if (step is Step.Makes or Step.FailsAfterwards ? ended!.Kind == NoteKind.End && ended.Value == value : ended!.Kind == NoteKind.Fail)
            {
                return (step, value);
            }
        }

        Complain($"{_iteration}/{act.Name}/{item} made {ended!.Value} of what its children came to, which is {string.Join(" and ", made.Select(static m => string.Join(" or ", m)))}");
        return null;
    }

    /// <summary>
    /// The epoch that a child is in: an attempt that did not have it redriven, because it stands or must not be, began none. Nor has one begun that another
    /// process had counted already, and that is redriven later: until then, its failure is used.
    /// </summary>
    private int LastWithNotes(string path, int epoch, HashSet<int>? own, long until = long.MaxValue) => _oracle.Trial.IsSession
        ? _oracle.AllNotesOf(path)
            .Where(n => n.Epoch <= epoch && n.At <= until && own?.Contains(n.Epoch) != false)
            .Select(static n => n.Epoch)
            .DefaultIfEmpty(epoch)
            .Max()
        : epoch;

    /// <summary>
    /// The epochs of a child's path in which it was the same session as now: its caller was given the same. Null outside sessions.
    /// </summary>
    private HashSet<int>? OwnEpochs(Act act, int item, int call, string path, int now, long begun)
    {
        if (!_oracle.Trial.IsSession)
        {
            return null;
        }

        var attempts = Epochs.Attempts(_oracle.AllNotesOf(_path), path);
        var inputs = attempts.ConvertAll(a => Script.ChildInput(_model, act, call, Epochs.ArgsOf(_oracle.AllNotesOf(_path), path, a)));
        var renewed = Renewed(act, item, begun);
        return
        [
            now,
            .. Enumerable.Range(1, attempts.Count).Where(e => inputs[e - 1] == inputs[now - 1]
                && _own?.Contains(attempts[e - 1].Epoch) != false
                && Epochs.BeginOf(_oracle.AllNotesOf(_path), path, attempts[e - 1]) > renewed),
        ];
    }

    /// <summary>
    /// When what an action had done was last undone, or struck because something of an earlier iteration was: from then on it has new children. -1: never. Of
    /// a for-each that was cut short, what has completed was undone.
    /// </summary>
    private long Renewed(Act act, int item, long begun)
    {
        var undos = _oracle.AllNotesOf(_path).Where(n => n.Kind == NoteKind.Undo && n.At < begun).ToList();
        var ofAction = undos.FindAll(u => u.Iteration == _iteration && u.Action == act.Index);
        var ended = _oracle.AllNotesOf(_path)
            .Where(n => n.Kind is NoteKind.End or NoteKind.Fallback && n.Iteration == _iteration && n.Action == act.Index && n.Item == item)
            .Where(n => n.Kind == NoteKind.Fallback || !act.Ensures || Script.Holds(_model.Name, $"E{act.Index}", n.Value));

        // What has been undone is not undone again with what other elements have done since.
        var undone = ended.SelectMany(e => FirstAfter(ofAction, e.At).Concat(FirstAfter(undos.FindAll(u => u.Iteration < _iteration), e.At)));
        return undone.Concat(item < 0 ? ofAction.Select(static u => u.At) : []).DefaultIfEmpty(-1).Max();

        static IEnumerable<long> FirstAfter(List<Note> undos, long at) => undos.Where(u => u.At > at).Select(static u => u.At).Order().Take(1);
    }

    private bool IsUndone(string path, int epoch) =>
        _oracle.AllNotesOf(path).Any(n => n.Kind is NoteKind.Undo or NoteKind.UndoFails && n.Epoch == epoch);

    /// <summary>
    /// Whether a child is refused because another was called with other inputs in which something happened that must not happen again.
    /// </summary>
    private bool IsRefused(Act act, string path, Ending? end, HashSet<int>? own, int now)
    {
        if (own is null || end is not { Kind: EndKind.Other } || !end.Text.Contains(nameof(ChildMismatchException), StringComparison.Ordinal))
        {
            return false;
        }

        _oracle.Read.Add(path);
        return Enumerable.Range(1, now - 1).Any(e => !own.Contains(e)) && HasBegunOnce(_model.Children[act.Child], path);
    }

    private bool HasBegunOnce(Model model, string path) => _oracle.AllNotesOf(path).Where(static n => n.Kind == NoteKind.Start).Any(n =>
        model.Acts[n.Action] is var act
        && (act.Effect == "AtMostOnce"
            || (act.Child >= 0
                && Enumerable.Range(1, act.Calls).Any(call =>
                    HasBegunOnce(model.Children[act.Child], $"{path}/{n.Iteration}/{act.Name}/{Math.Max(0, n.Item)}.{call}")))));

    /// <summary>The call of a child that a note is of.</summary>
    private static int Number(Note note) => int.Parse(note.Value.AsSpan(0, 1), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How a run ended, as a note tells it.</summary>
    public static Ending Parse(string text)
    {
        var parts = text.Split(' ', 3);
        return new(Enum.Parse<EndKind>(parts[0]), "", parts.Length > 1 && parts[1].Length > 0 ? parts[1].Split(',') : null, text);
    }

    /// <summary>
    /// How often what happens at most once may begin: once, and again whenever a person says so, of it or of an action that runs it as a
    /// part of its child.
    /// </summary>
    private int MostTimes(Act act, int item) =>
        1
        + _notes.Count(n => n.Kind == NoteKind.Settled && n.Iteration == _iteration && n.Action == act.Index && n.Item == item)
        + SettledAbove;

    private int SettledAbove =>
        _oracle.Trial.Notes.Count(n => n.Kind == NoteKind.Settled && _path.StartsWith($"{n.Path}/{n.Iteration}/A{n.Action}/", StringComparison.Ordinal));

    /// <summary>
    /// How often an attempt may begin: once for each time that its session was claimed. What nobody waits for may begin when the session has been redriven.
    /// </summary>
    private long MostStarts(Act act) => Math.Min(
        _oracle.Trial.HasOneRunALife ? Lives + _oracle.Trial.Repeats + Redriven + (act.IsForgotten ? _epoch - 1 : 0) : long.MaxValue,
        _oracle.Trial.Claims.TryGetValue(_path, out var claims) ? claims : long.MaxValue);

    /// <summary>How often the run may have been redriven by attempts that a process before had made already: each process counts anew.</summary>
    private int Redriven => Lives > 1 && !Epochs.IsRoot(_path) && _oracle.Trial.Model.HasEpochs ? _oracle.Trial.Notes.Count(n => n.Kind == NoteKind.Start && _path.StartsWith($"{n.Path}/{n.Iteration}/A{n.Action}/", StringComparison.Ordinal)) : 0;

    private (Fate Fate, List<string> Values) Conclude(Act act, Call call, List<Note> notes, int item, string? args = null)
    {
        var where = $"{_iteration}/{act.Name}/{item}";
        if (act.Effect == "AtMostOnce" && _oracle.Trial.IsSession && !Epochs.IsRoot(_path))
        {
            CheckOnce(act, item, where);
        }

        var wasSeen = true;
        for (var i = 0; i < call.Attempts.Count; i++)
        {
            var seen = notes.FindAll(n => n.Attempt == i + 1 && n.Kind is NoteKind.Start or NoteKind.End or NoteKind.Fail or NoteKind.Cancelled);
            var starts = seen.Count(static n => n.Kind == NoteKind.Start);
            if (starts > (act.Effect == "AtMostOnce" && _oracle.Trial.IsSession ? MostTimes(act, item) : MostStarts(act)))
            {
                Complain($"{where}: attempt {i + 1} was made {starts} times");
            }

            var (step, value) = call.Attempts[i];
            foreach (var note in seen.Where(static n => n.Kind != NoteKind.Start))
            {
                var fits = note.Kind switch
                {
                    NoteKind.End => step is Step.Makes or Step.FailsAfterwards && note.Value == value,
                    NoteKind.Fail => step == Step.Fails,
                    _ => step is Step.RunsOutOfTime or Step.Hangs || act.Pace is Pace.Wait or Pace.Hang || act.Child >= 0,
                };
                if (!fits)
                {
                    Complain($"{where}: attempt {i + 1} came to {note.Kind} {note.Value}, and should to {step} {value}");
                }
            }

            var over = step == Step.RunsOutOfTime ? NoteKind.Cancelled : step == Step.Fails ? NoteKind.Fail : NoteKind.End;
            wasSeen &= step != Step.Hangs && seen.Exists(n => n.Kind == over);
        }

        if (notes.Exists(n => n.Attempt > Math.Max(1, call.Attempts.Count)) || (call.Attempts.Count == 0 && notes.Exists(static n => n.Kind == NoteKind.Start)))
        {
            Complain($"{where}: more attempts were made than {call.Attempts.Count}");
        }

        var stoodIn = notes.FindAll(static n => n.Kind is NoteKind.Fallback or NoteKind.FallbackFails);
        if (stoodIn.Count > 0 && (!call.FallsBack || stoodIn.Exists(n => n.Kind == NoteKind.Fallback && n.Value != call.Value)))
        {
            Complain($"{where}: its fallback came to {stoodIn[0].Value}, and {(call.FallsBack ? $"should to {call.Value}" : "should not have run")}");
        }

        if (!wasSeen || (call.FallsBack && stoodIn.Count == 0))
        {
            return (Fate.Open, []);
        }

        if (call.Value is not null && act.IsCached && args is not null && !call.FallsBack)
        {
            _cached.Add((act.Index, args));
        }

        return call.Value is null ? (Fate.Failed, []) : (Fate.Completed, [call.Value]);
    }

    /// <summary>Nobody but a person has it done again in a child, whatever the child's parent tries; unless it was undone, or what runs the child was.</summary>
    private void CheckOnce(Act act, int item, string where)
    {
        var starts = _oracle.AllNotesOf(_path).Count(n => n.Kind == NoteKind.Start && n.Iteration == _iteration && n.Action == act.Index && n.Item == item);
        var undone = _oracle.Trial.Notes.Count(n => n.Kind == NoteKind.Undo
            && ((n.Path == _path && n.Iteration == _iteration && n.Action == act.Index)
                || _path.StartsWith($"{n.Path}/{n.Iteration}/A{n.Action}/", StringComparison.Ordinal)));
        var settled = _oracle.AllNotesOf(_path)
            .Count(n => n.Kind == NoteKind.Settled && n.Iteration == _iteration && n.Action == act.Index && n.Item == item);
        if (starts > 1 + settled + SettledAbove + undone)
        {
            Complain($"{where} happens at most once, and was begun {starts} times");
        }
    }

    internal static IEnumerable<string[]> Combinations(List<List<string>> candidates)
    {
        IEnumerable<string[]> all = [[]];
        foreach (var list in candidates)
        {
            all = all.SelectMany(head => list.Select(value => (string[])[.. head, value])).Take(200);
        }

        return all;
    }
}
