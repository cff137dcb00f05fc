namespace AgentFlow.Fuzz;

/// <summary>Reads one run: the root, or a child.</summary>
internal sealed partial class RunReading
{
    private readonly Oracle _oracle;
    private readonly Model _model;
    private readonly string _path;
    private readonly long _input;
    private readonly Ending? _end;
    private readonly int _epoch;

    /// <summary>The epochs of its session: one that is called with other inputs takes the place of another. Null: all are.</summary>
    private readonly IReadOnlySet<int>? _own;

    /// <summary>Whether nothing of it was tried again later: then what is recorded in the end is of this epoch.</summary>
    private readonly bool _isLast;
    private readonly List<Note> _notes;
    private readonly bool _isCut;
    private readonly List<(int Iteration, Act Act, List<string> Values, bool IsSure)> _completed = [];
    private readonly HashSet<string> _failed = [];
    private readonly HashSet<string> _mayFail = [];
    private readonly HashSet<(int Action, string Args)> _cached = [];
    private readonly int[] _answers;

    /// <summary>Of how many answers to a signal it is not known whether they were taken.</summary>
    private readonly int[] _unsure;
    private Standing[] _standings = [];
    private Standing[] _previous = [];
    private int _iteration;

    /// <param name="oracle">What it is part of.</param>
    /// <param name="model">The agent.</param>
    /// <param name="path">Where its notes are.</param>
    /// <param name="input">What it was given.</param>
    /// <param name="end">How it ended; null if nobody saw it.</param>
    /// <param name="epoch">Which of its epochs is read.</param>
    /// <param name="isLast">Whether that is the last.</param>
    /// <param name="own">The epochs of its session; null if all are.</param>
    public RunReading(Oracle oracle, Model model, string path, long input, Ending? end, int epoch, bool isLast, IReadOnlySet<int>? own = null)
    {
        _oracle = oracle;
        _model = model;
        _path = path;
        _input = input;
        _end = end;
        _epoch = epoch;
        _isLast = isLast;
        _own = own;
        _notes = [.. oracle.NotesOf(path, epoch, own)];
        _answers = new int[model.Acts.Length];
        _unsure = new int[model.Acts.Length];
        _isCut = end is null or { Kind: EndKind.Cancelled or EndKind.TimedOut or EndKind.OverBudget or EndKind.Other } || (end.Kind == EndKind.Failed && !model.Continues);
    }

    /// <summary>The results that are possible.</summary>
    public List<string> Results { get; private set; } = [];

    private int Lives => _oracle.Trial.Lives;

    public void Read()
    {
        var expected = ReadIterations();
        if (_notes.Find(n => n.Iteration > _iteration) is { } late)
        {
            Complain($"iteration {late.Iteration} began, and {_iteration} is the last");
        }

        CheckEnd(expected);
        CheckUndone();
        CheckOrder();
    }

    /// <summary>Goes through the iterations.</summary>
    /// <returns>How the run ends if nothing cuts it short; null if it has been.</returns>
    private EndKind? ReadIterations()
    {
        for (_iteration = 1; ; _iteration++)
        {
            _standings = new Standing[_model.Acts.Length];
            foreach (var act in _model.Acts)
            {
                var standing = JudgedBefore(act) ?? Judge(act);
                _standings[act.Index] = standing;
                Count(act, standing);
            }

            _oracle.Keep(_path, _epoch, _iteration, _standings);

            if (_isCut && !GoesOn)
            {
                return null;
            }

            if (_standings.Any(static s => s.Fate == Fate.Failed) && !_model.Continues)
            {
                return EndKind.Failed;
            }

            if (!_model.Loops)
            {
                return Conclude();
            }

            if (_standings[_model.UntilSource].IsBad)
            {
                return EndKind.Failed;
            }

            if (IsDone())
            {
                return Conclude();
            }

            if (_iteration >= _model.MaxIterations)
            {
                return _model.ReturnsLast ? Conclude() : EndKind.LimitReached;
            }

            _previous = _standings;
        }
    }

    private bool IsDone()
    {
        var source = _standings[_model.UntilSource];
        var answers = ValuesOf(source).Select(v => Script.Holds(_model.Name, "Done", v)).Distinct().ToList();
        return answers.Count == 1 ? answers[0] : !GoesOn && !(_iteration == _model.MaxIterations && _end is { Kind: EndKind.LimitReached });
    }

    /// <summary>Whether anything was seen of a later iteration, be it what failed there without being called.</summary>
    private bool GoesOn => _notes.Exists(n => n.Iteration > _iteration)
        || _end?.Failures?.Any(name => int.Parse(name.AsSpan(0, name.IndexOf('/', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture) > _iteration) == true;

    private EndKind Conclude()
    {
        var result = _standings[^1];
        var failed = _failed.Count > 0;
        Results = [.. ValuesOf(result)];
        return result.Fate switch
        {
            Fate.Failed or Fate.Blocked => EndKind.Failed,
            Fate.Skipped when !_model.Result.IsSometimesNull => failed ? EndKind.Failed : EndKind.NoResult,
            _ => EndKind.Completed,
        };
    }

    private void Count(Act act, Standing standing)
    {
        var name = $"{_iteration}/{act.Name}";
        if (standing.Fate == Fate.Failed)
        {
            _failed.Add(name);
        }

        // A run that stops runs no fallback any more, be it of what was refused before it began.
        var isRefused = _isCut && standing.Fate == Fate.Open && act is { Requires: not null, HasFallback: true };
        if (standing.Fate == Fate.Failed
            || standing.MayBeOver
            || isRefused
            || _notes.Exists(n => n.Iteration == _iteration
                && n.Action == act.Index
                && n.Kind is NoteKind.Fail or NoteKind.Cancelled or NoteKind.FallbackFails or NoteKind.End))
        {
            _mayFail.Add(name);
        }

        if (act.HasCompensation && (standing.Fate == Fate.Completed || standing.MayBeOver || standing.Parts.Count > 0))
        {
            // Whether a for-each has completed or only some of its elements have: it is undone, once.
            var isSure = (standing.Fate == Fate.Completed && IsSure(name)) || (standing.HasParts && Lives == 1);
            _completed.Add((_iteration, act, [.. standing.Values, .. standing.Parts], isSure));
        }
    }

    /// <summary>What a process did before it died may have been lost with it.</summary>
    private bool IsSure(string name) => Lives == 1 || (_isLast && _oracle.Trial.Recorded.TryGetValue(_path, out var recorded) && recorded.Contains(name));

    private void CheckEnd(EndKind? expected)
    {
        if (_end is null)
        {
            return;
        }

        var end = _end.Kind;
        switch (end)
        {
            case EndKind.Other:
                Complain($"it ended with {_end.Text}");
                break;
            case EndKind.Cancelled when _oracle.Trial.Root == _path && !_oracle.Trial.Notes.Any(IsCancelling):
                Complain("it was cancelled by nobody");
                break;
            case EndKind.TimedOut when _model.Timeout is 0 or > 1000:
                Complain("its time was up, and it had enough");
                break;
            case EndKind.OverBudget when _model.Budget == 0 || _model.Budget >= _oracle.AllNotesOf(_path).Count(static n => n.Kind == NoteKind.Start) + (_iteration * _model.Acts.Length) + 1:
                Complain("it is over its budget, and has spent less");
                break;
            case EndKind.Failed when _isCut:
                CheckFailures();
                break;
            case EndKind.Cancelled or EndKind.TimedOut or EndKind.OverBudget:
                break;
            case not EndKind.Completed when expected == EndKind.Completed:
                Complain($"it should have completed with {string.Join(" or ", Results)}, and ended with {_end}");
                break;
            case EndKind.Completed when expected == EndKind.Completed:
                if (!Results.Contains(_end.Value) && _path == _oracle.Trial.Root)
                {
                    Complain($"the result is {_end.Value}, not {string.Join(" or ", Results)}");
                }

                break;
            default:
                if (expected is { } other && other != end)
                {
                    Complain($"it should have ended with {other} ({string.Join(',', _failed)}), and ended with {_end}");
                }
                else if (end == EndKind.Failed)
                {
                    CheckFailures();
                }

                break;
        }

        if (_model.Budget > 0 && Lives == 1 && _notes.Count(static n => n.Kind == NoteKind.Start) > _model.Budget)
        {
            Complain($"more was started than its budget of {_model.Budget}");
        }
    }

    private bool IsCancelling(Note note) => note.Path == _oracle.Trial.Root && note.Kind == NoteKind.Start && _oracle.Trial.Model.Acts[note.Action].CancelsCaller;

    private void CheckFailures()
    {
        if (_end!.Failures is not { } told)
        {
            return;
        }

        foreach (var name in told.Where(name => !_mayFail.Contains(name)))
        {
            Complain($"{name} is told as failed, and did not fail ({string.Join(',', _failed)} did)");
        }

        if (!_isCut && !_failed.Order(StringComparer.Ordinal).SequenceEqual(told.Order(StringComparer.Ordinal)))
        {
            Complain($"{string.Join(',', told)} are told as failed, not {string.Join(',', _failed)}");
        }
    }

    private static List<string> ValuesOf(Standing standing) => standing.Fate switch
    {
        Fate.Completed => standing.Values,
        Fate.Open => [.. standing.Values, Script.None],
        _ => [Script.None],
    };

    private void Complain(string what) => _oracle.Complain(_path, what);
}
