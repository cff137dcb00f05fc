namespace AgentFlow.Fuzz;

/// <summary>What an action comes to that runs for each element.</summary>
internal sealed partial class RunReading
{
    private Standing JudgeForEach(Act act, List<Note> notes)
    {
        var loop = act.ForEach!;
        var source = _standings[loop.Source];
        var arrays = ValuesOf(source).Where(static v => v != Script.None).ToList();
        if (arrays.Count > 1)
        {
            // Which of them it was, the elements say.
            var at = act.TakesInput ? 1 : 0;
            arrays = arrays.FindAll(a => Script.Many(a) is var items && notes.Where(static n => n.Kind == NoteKind.Start).All(n => n.Item < items.Length && n.Args.Split(';')[at] == Script.Of(items[n.Item])));
        }

        if (arrays.Count > 1 && notes.Count > 0)
        {
            // Where no body began, what stood in for it says how many there were.
            var last = notes.Max(static n => n.Item);
            arrays = arrays.FindAll(a => Script.Many(a).Length > last) is { Count: > 0 } longEnough ? longEnough : arrays;
            arrays = arrays.FindAll(a => Script.Many(a).Length == last + 1) is { Count: > 0 } exact && notes.TrueForAll(static n => n.Kind != NoteKind.Start) ? exact : arrays;
        }

        if (arrays.Count == 0)
        {
            Complain($"{_iteration}/{act.Name} ran over what A{loop.Source} never made");
            return new(Fate.Open);
        }

        if (arrays.Count > 1 && notes.Count == 0)
        {
            var empty = arrays.FindAll(static a => a == "[]");
            if (!_isCut && empty.Count == 0 && act.Requires is { } requires && Answers($"Q{act.Index}", requires).Contains(false))
            {
                // Whichever it was, nothing but the precondition keeps all its elements from beginning.
                return new(Fate.Failed);
            }

            return _isCut ? new(Fate.Open, empty) { MayBeOver = empty.Count > 0 } : new(Fate.Completed, empty);
        }

        if (source.Fate == Fate.Completed)
        {
            source.Values = [arrays[0]];
        }

        var elements = Script.Many(arrays[0]);
        var made = elements.Select((element, k) => JudgeCall(act, k, Candidates(act, Script.Of(element)), notes)).ToList();
        if (notes.Exists(n => n.Item >= elements.Length))
        {
            Complain($"{_iteration}/{act.Name} ran for more than {elements.Length} elements");
        }

        var standing = loop.MaxParallel == 1 ? OneByOne(act, made) : Together(act, made);
        if (standing.Fate == Fate.Open && !_isCut && IsForgottenStart(notes))
        {
            return new(Fate.Skipped);
        }

        if (standing.Fate == Fate.Open && !_isCut && !act.IsForgotten)
        {
            Complain($"{_iteration}/{act.Name} did not come to its end: {string.Join(", ", made.Select(static m => m.Fate))}");
        }

        if (standing.Fate == Fate.Completed && !_isCut)
        {
            return standing;
        }

        // When a run is cut short, elements that are over do not say that the action is.
        var isOver = standing.Fate == Fate.Completed;
        return new(isOver ? Fate.Open : standing.Fate, standing.Values)
        {
            MayBeOver = isOver || standing.MayBeOver,
            Parts = [.. Parts(made, notes)],
            HasParts = made.Where((m, k) => m.Fate == Fate.Completed && WasSeen(notes, k)).Any(),
        };
    }

    /// <summary>
    /// The elements that have completed, as they may be told to the compensation. Of what a process did before it died some may be lost, and of what
    /// was cached nothing is seen.
    /// </summary>
    private IEnumerable<string> Parts(List<(Fate Fate, List<string> Values)> made, List<Note> notes)
    {
        for (var bits = 1; bits < 1 << made.Count; bits++)
        {
            var chosen = made.Where((_, k) => (bits & (1 << k)) != 0).ToList();
            if (chosen.TrueForAll(static m => m.Fate == Fate.Completed)
                && !made.Where((m, k) => Lives == 1 && m.Fate == Fate.Completed && WasSeen(notes, k) && (bits & (1 << k)) == 0).Any())
            {
                yield return ToArray(chosen.Select(static m => m.Values[0]));
            }
        }
    }

    private static bool WasSeen(List<Note> notes, int item) => notes.Exists(n => n.Item == item && n.Kind is NoteKind.End or NoteKind.Fallback);

    private bool EndsIt(Act act, string value) => act.ForEach!.HasUntil && Script.Holds(_model.Name, $"S{act.Index}", value);

    private Standing OneByOne(Act act, List<(Fate Fate, List<string> Values)> made)
    {
        var values = new List<string>();
        var failed = false;
        for (var k = 0; k < made.Count; k++)
        {
            switch (made[k].Fate)
            {
                case Fate.Open:
                    return new(Fate.Open);
                case Fate.Failed when !act.ForEach!.AllowsPartialFailure:
                    return new(Fate.Failed);
                case Fate.Failed:
                    failed = true;
                    continue;
            }

            values.Add(made[k].Values[0]);
            if (EndsIt(act, values[^1]))
            {
                if (made.Skip(k + 1).Any(static m => m.Fate != Fate.Open))
                {
                    Complain($"{_iteration}/{act.Name} went on after the element that ends it");
                }

                break;
            }
        }

        return failed && values.Count == 0 ? new(Fate.Failed) : Made(act, values);
    }

    private Standing Together(Act act, List<(Fate Fate, List<string> Values)> made)
    {
        if (made.Exists(static m => m.Fate == Fate.Failed) && !act.ForEach!.AllowsPartialFailure)
        {
            return new(Fate.Failed);
        }

        var completed = made.FindAll(static m => m.Fate == Fate.Completed);
        var lasts = made.FindAll(m => m.Fate == Fate.Completed && EndsIt(act, m.Values[0]));
        if (lasts.Count > 0)
        {
            return new(Fate.Completed, Subsets(act, made, lasts).Distinct());
        }

        if (made.Exists(static m => m.Fate == Fate.Open))
        {
            return new(Fate.Open);
        }

        return completed.Count == 0 && made.Count > 0 ? new(Fate.Failed) : Made(act, [.. completed.Select(static m => m.Values[0])]);
    }

    /// <summary>The first that ends it is in; of the others those that were over before.</summary>
    private static IEnumerable<string> Subsets(Act act, List<(Fate Fate, List<string> Values)> made, List<(Fate Fate, List<string> Values)> lasts)
    {
        foreach (var last in lasts)
        {
            for (var bits = 0; bits < 1 << made.Count; bits++)
            {
                var chosen = made.Where((m, k) => (bits & (1 << k)) != 0).ToList();
                if (chosen.TrueForAll(m => m.Fate == Fate.Completed && (m == last || !lasts.Contains(m))) && chosen.Contains(last))
                {
                    yield return ToArray(chosen.Select(static m => m.Values[0]));
                }
            }
        }
    }

    private static Standing Made(Act act, List<string> values) => new(Fate.Completed, ToArray(values));

    private static string ToArray(IEnumerable<string> values) => $"[{string.Join(',', values)}]";
}
