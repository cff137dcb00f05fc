using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>How combinations of schemas are checked.</summary>
public sealed partial class JsonSchema
{
    private SchemaVerdict CheckCombinations(JsonElement value, ref SchemaVisit visit)
    {
        var verdict = SchemaVerdict.Fits;
        foreach (var one in _allOf ?? [])
        {
            if (!Continue(ref verdict, one.Check(value, ref visit), ref visit))
            {
                return verdict;
            }
        }

        if ((_anyOf is not null && !Continue(ref verdict, CheckAnyOf(_anyOf, value, ref visit), ref visit))
            || (_oneOf is not null && !Continue(ref verdict, CheckOneOf(_oneOf, value, ref visit), ref visit))
            || (_not is not null && !Continue(ref verdict, CheckNot(_not, value, ref visit), ref visit)))
        {
            return verdict;
        }

        return _if is null ? verdict : Least(verdict, CheckIf(_if, value, ref visit));
    }

    private SchemaVerdict CheckAnyOf(JsonSchema[] alternatives, JsonElement value, ref SchemaVisit visit)
    {
        var most = SchemaVerdict.DoesNotFit;
        foreach (var one in alternatives)
        {
            var verdict = Quietly(one, value, ref visit);
            if (verdict == SchemaVerdict.Fits)
            {
                return verdict;
            }

            most = verdict > most ? verdict : most;
        }

        return most == SchemaVerdict.DoesNotFit ? RefuseAll("anyOf", alternatives, value, ref visit) : most;
    }

    private SchemaVerdict CheckOneOf(JsonSchema[] alternatives, JsonElement value, ref SchemaVisit visit)
    {
        var (fitting, open) = (0, 0);
        foreach (var one in alternatives)
        {
            var verdict = Quietly(one, value, ref visit);
            fitting += verdict == SchemaVerdict.Fits ? 1 : 0;
            open += verdict == SchemaVerdict.CannotBeChecked ? 1 : 0;
        }

        return (fitting, open) switch
        {
            (1, 0) => SchemaVerdict.Fits,
            ( > 1, _) => Refuse("oneOf", value, ref visit),
            (0, 0) => RefuseAll("anyOf", alternatives, value, ref visit),
            _ => SchemaVerdict.CannotBeChecked,
        };
    }

    private SchemaVerdict CheckNot(JsonSchema not, JsonElement value, ref SchemaVisit visit) => Quietly(not, value, ref visit) switch
    {
        SchemaVerdict.Fits => Refuse("not", value, ref visit),
        SchemaVerdict.DoesNotFit => SchemaVerdict.Fits,
        _ => SchemaVerdict.CannotBeChecked,
    };

    private SchemaVerdict CheckIf(JsonSchema condition, JsonElement value, ref SchemaVisit visit)
    {
        switch (Quietly(condition, value, ref visit))
        {
            case SchemaVerdict.Fits:
                return _then?.Check(value, ref visit) ?? SchemaVerdict.Fits;
            case SchemaVerdict.DoesNotFit:
                return _else?.Check(value, ref visit) ?? SchemaVerdict.Fits;
            default:
                var then = _then is null ? SchemaVerdict.Fits : Quietly(_then, value, ref visit);
                var otherwise = _else is null ? SchemaVerdict.Fits : Quietly(_else, value, ref visit);
                return then != otherwise ? SchemaVerdict.CannotBeChecked : then == SchemaVerdict.DoesNotFit ? Refuse("if", value, ref visit) : then;
        }
    }

    /// <summary>None of the alternatives fits. The one that comes nearest says why: usually all but one fail at what tells them apart.</summary>
    private SchemaVerdict RefuseAll(string keyword, JsonSchema[] alternatives, JsonElement value, ref SchemaVisit visit)
    {
        if (visit.Findings is not { } findings)
        {
            return SchemaVerdict.DoesNotFit;
        }

        findings.Report(keyword, this, value);
        SchemaFindings? nearest = null;
        foreach (var one in alternatives)
        {
            var branch = findings.Branch();
            visit.Findings = branch;
            one.Check(value, ref visit);
            if (nearest is null || branch.Problems.Count < nearest.Problems.Count)
            {
                nearest = branch;
            }
        }

        visit.Findings = findings;
        if (nearest is not null)
        {
            findings.Take(nearest);
        }

        return SchemaVerdict.DoesNotFit;
    }
}
