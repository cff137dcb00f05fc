using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>One check of one value: its budget, and what is collected on the way. Both schema and value come from outside, so no pair of them may take the stack or the time.</summary>
internal ref struct SchemaVisit
{
    /// <summary>The steps of any check.</summary>
    private const long BaseSteps = 1 << 20;

    /// <summary>The steps for each byte of the value on top.</summary>
    private const int StepsForByte = 8;

    private const int MaxDepth = 512;

    private static readonly TimeSpan s_maxPatternTime = TimeSpan.FromMilliseconds(500);

    private readonly JsonElement _root;
    private long _steps;
    private long _limit;
    private int _depth;
    private bool _isExhausted;
    private long _patternTicks;

    public SchemaVisit(JsonElement root)
    {
        _root = root;
        _limit = BaseSteps;
    }

    /// <summary>Takes what is wrong; <see langword="null"/>: the first thing that is wrong ends the check.</summary>
    public SchemaFindings? Findings { get; set; }

    /// <summary>Says of a value that it is not known yet; <see langword="null"/>: all are known.</summary>
    public Func<JsonElement, bool>? IsOpen { get; init; }

    /// <summary>Whether the budget is spent: whatever has not been decided cannot be.</summary>
    public readonly bool IsExhausted => _isExhausted;

    /// <summary>Enters a schema, or a value within one that is compared.</summary>
    /// <returns>Whether the budget allows it; if so, <see cref="Exit"/> has to follow.</returns>
    public bool TryEnter()
    {
        if (!TrySpend(1))
        {
            return false;
        }

        // Sixteen levels take less than what has to be free for the runtime to say that the stack suffices.
        if (_depth >= MaxDepth || ((_depth & 15) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack()))
        {
            _isExhausted = true;
            return false;
        }

        _depth++;
        return true;
    }

    public void Exit() => _depth--;

    /// <summary>Spends steps.</summary>
    public bool TrySpend(long steps)
    {
        _steps += steps;
        if (_steps <= _limit)
        {
            return !_isExhausted;
        }

        if (_limit == BaseSteps && _root.ValueKind != JsonValueKind.Undefined)
        {
            _limit += (long)StepsForByte * JsonMarshal.GetRawUtf8Value(_root).Length;
        }

        _isExhausted |= _steps > _limit;
        return !_isExhausted;
    }

    /// <summary>Matches a text.</summary>
    /// <returns><see langword="null"/> if that takes too long.</returns>
    public bool? IsMatch(SchemaPattern pattern, string text)
    {
        if (!TrySpend(pattern.CostOf(text)))
        {
            return null;
        }

        if (pattern.IsLinear)
        {
            return pattern.IsMatch(text) is { } known ? known : Exhaust();
        }

        var start = Stopwatch.GetTimestamp();
        var isMatch = pattern.IsMatch(text);
        _patternTicks += Stopwatch.GetTimestamp() - start;
        return isMatch is null || Stopwatch.GetElapsedTime(0, _patternTicks) > s_maxPatternTime ? Exhaust() : isMatch;
    }

    private bool? Exhaust()
    {
        _isExhausted = true;
        return null;
    }
}
