using System.Threading.Tasks.Sources;

namespace AgentFlow.Benchmarks.TenActions;

/// <summary>
/// A run of <see cref="HandTuned{TBodies}"/> of which something is pending. Two counters are all its synchronisation: whoever brings a join
/// to zero goes on alone, and sees what the others wrote before they counted down. Continuations run in the caller's execution context.
/// </summary>
internal sealed class TunedRun<TBodies> : IValueTaskSource<FinalReport>
    where TBodies : struct, IBodies
{
    private static TBodies Bodies => default;
    private static TunedRun<TBodies>? s_idle;

    [ThreadStatic]
    private static TunedRun<TBodies>? t_idle;

    private readonly Action _onWiki;
    private readonly Action _onPapers;
    private readonly Action _onNews;
    private readonly Action _onFacts;
    private readonly Action _onDigest;
    private readonly Action _onReport;
    private readonly Action _onCheck;
    private readonly Action _onFinish;

    private ManualResetValueTaskSourceCore<FinalReport> _core;
    private ExecutionContext? _context;
    private CancellationToken _token;

    /// <summary>What the next join still waits for: first synthesis, then the finish.</summary>
    private int _left;
    private Exception? _error;

    private Task<Article>? _wiki;
    private Task<Paper[]>? _papers;
    private Task<Headline[]>? _news;
    private ValueTask<Fact[]> _facts;
    private ValueTask<Digest> _digest;
    private ValueTask<Report> _report;
    private Task<Quality>? _quality;
    private Task<Citation[]>? _citations;
    private Task<Review>? _review;
    private ValueTask<FinalReport> _finish;

    /// <summary>The outputs of value tasks, which can be asked only once.</summary>
    private Fact[]? _factsMade;
    private Digest? _digestMade;

    private TunedRun()
    {
        _onWiki = Continuation(static run => run.ExtractFacts());
        _onPapers = Continuation(static run => run.Summarize());
        _onNews = Continuation(static run => run.ArriveAtSynthesis());
        _onFacts = Continuation(static run => run.TakeFacts());
        _onDigest = Continuation(static run => run.TakeDigest());
        _onReport = Continuation(static run => run.TakeReport());
        _onCheck = Continuation(static run => run.ArriveAtFinish());
        _onFinish = Continuation(static run => run.End());
    }

    public static TunedRun<TBodies> Rent()
    {
        var run = t_idle ?? Interlocked.Exchange(ref s_idle, null) ?? new TunedRun<TBodies>();
        t_idle = null;
        run._context = ExecutionContext.Capture();
        return run;
    }

    public ValueTask<FinalReport> FromSources(Task<Article> wiki, Task<Paper[]> papers, Task<Headline[]> news, CancellationToken ct)
    {
        var task = new ValueTask<FinalReport>(this, _core.Version);
        (_wiki, _papers, _news, _token, _left) = (wiki, papers, news, ct, 3);
        When(wiki, _onWiki);
        When(papers, _onPapers);
        When(news, _onNews);
        return task;
    }

    public ValueTask<FinalReport> FromDigests(ValueTask<Fact[]> facts, ValueTask<Digest> digest, Task<Headline[]> news)
    {
        var task = new ValueTask<FinalReport>(this, _core.Version);
        (_facts, _digest, _news, _left) = (facts, digest, news, 2);
        When(facts, _onFacts);
        When(digest, _onDigest);
        return task;
    }

    public ValueTask<FinalReport> FromSynthesis(ValueTask<Report> report)
    {
        var task = new ValueTask<FinalReport>(this, _core.Version);
        _report = report;
        When(report, _onReport);
        return task;
    }

    public ValueTask<FinalReport> FromChecks(Task<Quality> quality, Task<Citation[]> citations, Task<Review> review)
    {
        var task = new ValueTask<FinalReport>(this, _core.Version);
        Check(quality, citations, review);
        return task;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    public FinalReport GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    private void ExtractFacts()
    {
        try
        {
            _facts = Bodies.ExtractFacts(_wiki!.GetAwaiter().GetResult());
            When(_facts, _onFacts);
        }
        catch (Exception e)
        {
            Fail(e);
            ArriveAtSynthesis();
        }
    }

    private void Summarize()
    {
        try
        {
            _digest = Bodies.Summarize(_papers!.GetAwaiter().GetResult(), _token);
            When(_digest, _onDigest);
        }
        catch (Exception e)
        {
            Fail(e);
            ArriveAtSynthesis();
        }
    }

    private void TakeFacts()
    {
        try
        {
            _factsMade = _facts.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Fail(e);
        }

        ArriveAtSynthesis();
    }

    private void TakeDigest()
    {
        try
        {
            _digestMade = _digest.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Fail(e);
        }

        ArriveAtSynthesis();
    }

    private void ArriveAtSynthesis()
    {
        if (Interlocked.Decrement(ref _left) != 0)
        {
            return;
        }

        if (_error is not null)
        {
            _core.SetException(_error);
            return;
        }

        try
        {
            _report = Bodies.Synthesize(_factsMade!, _digestMade!, _news!.GetAwaiter().GetResult());
        }
        catch (Exception e)
        {
            _core.SetException(e);
            return;
        }

        When(_report, _onReport);
    }

    private void TakeReport()
    {
        try
        {
            var report = _report.GetAwaiter().GetResult();
            Check(Bodies.CheckQuality(report), Bodies.Cite(report), Bodies.CheckTone(report));
        }
        catch (Exception e)
        {
            _core.SetException(e);
        }
    }

    private void Check(Task<Quality> quality, Task<Citation[]> citations, Task<Review> review)
    {
        (_quality, _citations, _review, _left) = (quality, citations, review, 3);
        When(quality, _onCheck);
        When(citations, _onCheck);
        When(review, _onCheck);
    }

    private void ArriveAtFinish()
    {
        if (Interlocked.Decrement(ref _left) != 0)
        {
            return;
        }

        try
        {
            _finish = Bodies.Finish(_quality!.GetAwaiter().GetResult(), _citations!.GetAwaiter().GetResult(), _review!.GetAwaiter().GetResult());
        }
        catch (Exception e)
        {
            _core.SetException(e);
            return;
        }

        When(_finish, _onFinish);
    }

    private void End()
    {
        FinalReport result;
        try
        {
            result = _finish.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            _core.SetException(e);
            return;
        }

        _core.SetResult(result);
    }

    private void Fail(Exception error) => Interlocked.CompareExchange(ref _error, error, null);

    private static void When<T>(Task<T> task, Action next)
    {
        if (task.IsCompleted)
        {
            next();
        }
        else
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(next);
        }
    }

    private static void When<T>(in ValueTask<T> task, Action next)
    {
        if (task.IsCompleted)
        {
            next();
        }
        else
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(next);
        }
    }

    /// <summary>Made once for each pooled run.</summary>
    private Action Continuation(Action<TunedRun<TBodies>> step) => () =>
    {
        var (ambient, own) = (ExecutionContext.Capture(), _context);
        if (ambient is null || own is null || ambient == own)
        {
            step(this);
            return;
        }

        ExecutionContext.Restore(own);
        try
        {
            step(this);
        }
        finally
        {
            ExecutionContext.Restore(ambient);
        }
    };

    private void Return()
    {
        _core.Reset();
        (_context, _token, _error) = (null, default, null);
        (_wiki, _papers, _news, _quality, _citations, _review) = (null, null, null, null, null, null);
        (_facts, _digest, _report, _finish, _factsMade, _digestMade) = (default, default, default, default, null, null);
        if (t_idle is null)
        {
            t_idle = this;
        }
        else
        {
            Interlocked.Exchange(ref s_idle, this);
        }
    }
}
