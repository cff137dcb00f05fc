namespace AgentFlow.Fuzz;

/// <summary>In which order things may happen, and what is undone.</summary>
internal sealed partial class RunReading
{
    private void CheckUndone()
    {
        var undone = _notes.FindAll(static n => n.Kind is NoteKind.Undo or NoteKind.UndoFails);
        if (_end is { Kind: EndKind.Completed })
        {
            // A child whose parent was cancelled may be undone later, by a process that knows its agent. What could not be undone stands: redriven, it completes.
            var wrong = undone.FindAll(n => n.Kind == NoteKind.Undo || Lives == 1 || Epochs.IsRoot(_path));
            if (wrong.Count > 0)
            {
                Complain($"it completed, and {wrong[0]} was undone");
            }

            return;
        }

        foreach (var note in undone)
        {
            var act = _model.Acts[note.Action];
            var done = _completed.Find(c => c.Act == act && (c.Iteration == note.Iteration || note.Iteration == _iteration) && (act.Output == Output.Nothing || c.Values.Contains(note.Value)));
            if (done.Act is null)
            {
                Complain($"{note} was undone, and had not been done");
            }
        }

        if (_end is null)
        {
            return;
        }

        foreach (var group in _completed.GroupBy(static c => c.Act.Index))
        {
            var times = undone.Count(n => n.Action == group.Key);
            if (times < group.Count(static c => c.IsSure) || times > group.Count() * (Lives + Redriven))
            {
                Complain($"A{group.Key} was done {group.Count()} times and undone {times} times; it ended with {_end}");
            }
        }

        if (Lives == 1)
        {
            CheckUndoOrder(undone);
        }
    }

    /// <summary>What came later is undone first.</summary>
    private void CheckUndoOrder(List<Note> undone)
    {
        for (var i = 0; i < undone.Count; i++)
        {
            for (var j = i + 1; j < undone.Count; j++)
            {
                if (undone[i].Action != undone[j].Action
                    && IsBefore(undone[i].Action, undone[j].Action)
                    && !_model.Loops
                    && LastEnd(undone[i].Action) < LastEnd(undone[j].Action))
                {
                    Complain($"A{undone[i].Action} was undone before A{undone[j].Action}, which came after it");
                }
            }
        }
    }

    /// <summary>When an action was done last: one that was undone and done again came after what stood.</summary>
    private long LastEnd(int action) =>
        _notes.Where(n => n.Action == action && n.Kind is NoteKind.End or NoteKind.Fallback).Select(static n => n.At).DefaultIfEmpty(-1).Max();

    /// <summary>Whether an action is over when another starts, whatever happens.</summary>
    private bool IsBefore(int first, int second)
    {
        foreach (var link in _model.Acts[second].Waits)
        {
            if (link.Kind is LinkKind.Race or LinkKind.RaceOptional or LinkKind.Any && link.Sources.Length > 1)
            {
                continue;
            }

            if (link.Sources.Any(s => s == first || IsBefore(first, s)))
            {
                return true;
            }
        }

        return false;
    }

    private void CheckOrder()
    {
        foreach (var life in _notes.Select(static n => n.Life).Distinct().ToList())
        {
            CheckOrder(life);
        }

        var end = _notes.Where(static n => n.Kind == NoteKind.RunEnded).Select(static n => n.At).DefaultIfEmpty(long.MaxValue).Min();
        if (_notes.Find(n => n.At > end && n.Kind is NoteKind.Start or NoteKind.Undo && !_model.Acts[n.Action].IsForgotten) is { } late)
        {
            Complain($"{late} came after the end");
        }
    }

    private void CheckOrder(int life)
    {
        var spans = _notes
            .Where(n => n.Life == life && n.Kind is not (NoteKind.Undo or NoteKind.UndoFails or NoteKind.RunEnded or NoteKind.Settled or NoteKind.Redriven) && _model.Acts[n.Action].Signal is null)
            .GroupBy(static n => (n.Iteration, n.Action))
            .Select(static g => (g.Key, Epoch: g.Max(static n => n.Epoch), Notes: g.GroupBy(static n => n.Item).SelectMany(LastTime).ToList()))
            .ToDictionary(static g => g.Key, static g => (First: g.Notes.Where(n => n.Epoch == g.Epoch).Min(static n => n.At), Last: g.Notes.Max(static n => n.At), g.Epoch));
        var undo = _notes.Where(static n => n.Kind is NoteKind.Undo or NoteKind.UndoFails).Select(static n => n.At).DefaultIfEmpty(long.MaxValue).Min();
        foreach (var ((iteration, action), span) in spans)
        {
            var act = _model.Acts[action];
            if (Lives == 1)
            {
                CheckAfterSources(act, iteration, span.First, spans);
            }

            if (span.Last > undo && !act.IsForgotten && Lives == 1)
            {
                Complain($"{iteration}/{act.Name} was under way when the run was being undone");
            }
        }

        if (!_oracle.Trial.HasOneRunALife)
        {
            return;
        }

        var ordinary = spans.Where(s => !_model.Acts[s.Key.Action].IsForgotten).ToList();
        foreach (var one in ordinary)
        {
            var others = ordinary.Count(o => o.Key != one.Key && o.Value.First < one.Value.First && o.Value.Last > one.Value.First);
            if (_model.MaxParallel > 0 && others >= _model.MaxParallel)
            {
                Complain($"{one.Key.Iteration}/A{one.Key.Action} started when {others} were under way, of at most {_model.MaxParallel}");
            }

            if (_model.Acts[one.Key.Action].IsSync && ordinary.Exists(o => o.Key != one.Key && o.Value.First < one.Value.Last && o.Value.Last > one.Value.First))
            {
                Complain($"{one.Key.Iteration}/A{one.Key.Action} should run alone, and did not");
            }
        }
    }

    /// <summary>
    /// Its last run: a process that counts its attempts anew has a child redriven in the epoch that the one before had counted.
    /// </summary>
    private static IEnumerable<Note> LastTime(IEnumerable<Note> notes)
    {
        var list = notes.ToList();
        var begun = list.FindLast(static n => n is { Kind: NoteKind.Start, Attempt: 1 })?.At ?? -1;
        return list.Where(n => n.At >= begun);
    }

    private void CheckAfterSources(Act act, int iteration, long first, Dictionary<(int, int), (long First, long Last, int Epoch)> spans)
    {
        // What it waited for may have been undone and done again since.
        var epoch = spans[(iteration, act.Index)].Epoch;
        foreach (var link in act.Waits)
        {
            var ends = link.Sources.Select(s => spans.TryGetValue((iteration, s), out var span) && span.Epoch <= epoch ? span.Last : -1L).ToList();
            var isFirst = link.Sources.Length > 1 && link.Kind is LinkKind.Race or LinkKind.RaceOptional or LinkKind.Any;
            if (isFirst ? ends.TrueForAll(e => e > first) : ends.Exists(e => e > first))
            {
                Complain($"{iteration}/{act.Name} started before {string.Join(',', link.Sources.Select(static s => $"A{s}"))} was over");
            }
        }

        if (_model.Waves)
        {
            foreach (var other in _model.Acts.Where(a => !a.IsForgotten && WaveOf(a) < WaveOf(act)))
            {
                if (spans.TryGetValue((iteration, other.Index), out var span) && span.Epoch <= epoch && span.Last > first)
                {
                    Complain($"{iteration}/{act.Name} of wave {WaveOf(act)} started before {other.Name} of wave {WaveOf(other)} was over");
                }
            }
        }
    }

    private int WaveOf(Act act) => act.Waits.SelectMany(static l => l.Sources).Select(s => WaveOf(_model.Acts[s]) + 1).DefaultIfEmpty(0).Max();
}
