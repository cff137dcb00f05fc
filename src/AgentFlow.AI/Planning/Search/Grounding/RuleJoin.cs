namespace AgentFlow.AI;

/// <summary>
/// Finds the objects for which a rule's atoms are known facts, by joining relations: next comes the atom with the fewest facts that fit
/// what is bound, and variables that no atom binds come last.
/// </summary>
internal sealed class RuleJoin(Rule rule, PlanningBudget budget, Func<int[], bool> found)
{
    private readonly int[] _bindings = new int[rule.Domains.Length];
    private readonly bool[] _isDone = new bool[rule.Needs.Length];
    private int _trigger;
    private int _time;

    /// <summary>Finds all that the facts known at the start allow, for a rule without atoms that change.</summary>
    /// <returns>Whether to go on; otherwise a limit was reached.</returns>
    public bool Start()
    {
        Array.Fill(_bindings, -1);
        Array.Clear(_isDone);
        (_trigger, _time) = (-1, int.MaxValue);
        return Next();
    }

    /// <summary>
    /// Finds all that become possible by a new fact. Each is found once: by the last of its facts, and if an atom before the trigger could
    /// be the same fact, by that.
    /// </summary>
    /// <returns>Whether to go on; otherwise a limit was reached.</returns>
    public bool Start(int trigger, int[] row, int time)
    {
        Array.Fill(_bindings, -1);
        Array.Clear(_isDone);
        (_trigger, _time) = (trigger, time);
        _isDone[trigger] = true;
        return !TryMatch(rule.Needs[trigger], row) || Next();
    }

    private bool Next()
    {
        // What is bound is looked up; only what binds a variable goes one deeper.
        var settled = new List<int>();
        var isOpen = true;
        for (var i = 0; i < _isDone.Length && isOpen; i++)
        {
            if (!_isDone[i] && rule.Needs[i].Ground(_bindings) is { } row)
            {
                isOpen = rule.Needs[i].Relation.TimeOf(row) is { } time && IsInTurn(i, time);
                _isDone[i] = true;
                settled.Add(i);
            }
        }

        var goesOn = !isOpen || Branch();
        settled.ForEach(need => _isDone[need] = false);
        return goesOn;
    }

    private bool Branch()
    {
        var (best, count, rows) = (-1, int.MaxValue, (List<int>?)null);
        for (var i = 0; i < _isDone.Length && count > 0; i++)
        {
            if (!_isDone[i])
            {
                var (fewest, among) = Candidates(rule.Needs[i]);
                if (fewest < count)
                {
                    (best, count, rows) = (i, fewest, among);
                }
            }
        }

        return best >= 0 ? Try(best, count, rows) : Fill();
    }

    /// <summary>How many facts could fit an atom, by the best of the places that are bound, and which; null: all of the relation.</summary>
    private (int Count, List<int>? Rows) Candidates(Rule.Atom atom)
    {
        var (count, rows) = (atom.Relation.Count, (List<int>?)null);
        for (var place = 0; place < atom.Terms.Length && count > 0; place++)
        {
            if (Rule.ValueOf(atom.Terms[place], _bindings) is var value and >= 0)
            {
                var with = atom.Relation.With(place, value);
                if (with is null || with.Count < count)
                {
                    (count, rows) = (with?.Count ?? 0, with);
                }
            }
        }

        return (count, rows);
    }

    private bool Try(int need, int count, List<int>? rows)
    {
        var atom = rule.Needs[need];
        var before = (int[])_bindings.Clone();
        _isDone[need] = true;

        // The facts in the lists come in the order in which they became known; those that come while this runs have their own turn.
        for (var i = 0; i < count; i++)
        {
            var place = rows is null ? i : rows[i];
            if (!budget.IsInTime())
            {
                return false;
            }

            if (!IsInTurn(need, atom.Relation.TimeAt(place)))
            {
                break;
            }

            if (TryMatch(atom, atom.Relation.RowAt(place)) && !Next())
            {
                return false;
            }

            before.CopyTo(_bindings, 0);
        }

        _isDone[need] = false;
        return true;
    }

    /// <summary>Whether a fact was known before the new one; atoms after the trigger may be the new one, too.</summary>
    private bool IsInTurn(int need, int time) => time < _time || (time == _time && need > _trigger);

    /// <summary>Tries all objects for the variables that no atom binds, those with the fewest first.</summary>
    private bool Fill()
    {
        var variable = -1;
        for (var i = 0; i < _bindings.Length; i++)
        {
            if (_bindings[i] < 0 && (variable < 0 || rule.Sizes[i] < rule.Sizes[variable]))
            {
                variable = i;
            }
        }

        if (variable < 0)
        {
            return found(_bindings);
        }

        var domain = rule.Domains[variable];
        for (var value = 0; value < domain.Length; value++)
        {
            if (domain[value])
            {
                _bindings[variable] = value;
                if (!budget.IsInTime() || (MayHold() && !Fill()))
                {
                    return false;
                }
            }
        }

        _bindings[variable] = -1;
        return true;
    }

    private bool TryMatch(Rule.Atom atom, int[] row)
    {
        if (row.Length != atom.Terms.Length)
        {
            return false;
        }

        for (var i = 0; i < row.Length; i++)
        {
            var term = atom.Terms[i];
            if (term >= 0 && _bindings[term] < 0)
            {
                if (!rule.Domains[term][row[i]])
                {
                    return false;
                }

                _bindings[term] = row[i];
            }
            else if (Rule.ValueOf(term, _bindings) != row[i])
            {
                return false;
            }
        }

        return MayHold();
    }

    /// <summary>Whether what is bound differs where it must, and nothing is so that never changes and must not be.</summary>
    private bool MayHold()
    {
        foreach (var (left, right) in rule.Different)
        {
            if (Rule.ValueOf(left, _bindings) is var value and >= 0 && value == Rule.ValueOf(right, _bindings))
            {
                return false;
            }
        }

        foreach (var atom in rule.StaticAbsent)
        {
            if (atom.Ground(_bindings) is { } row && atom.Relation.Contains(row))
            {
                return false;
            }
        }

        return true;
    }
}
