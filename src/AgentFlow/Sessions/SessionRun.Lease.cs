namespace AgentFlow;

/// <summary>The lease: how long this worker may go on believing that the session is its own.</summary>
internal sealed partial class SessionRun
{
    /// <summary>When the lease was last known to be whole, on the steady clock.</summary>
    private long _leasedAt;

    /// <summary>1 while a prolongation is on its way.</summary>
    private int _isRenewing;

    /// <summary>Why the last prolongation failed.</summary>
    private volatile Exception? _renewalError;

    /// <summary>
    /// Has the lease prolonged when a third of it has passed, and gives the session up when five sixths have without success: on this worker's own
    /// steady clock, whether the store answers or not.
    /// </summary>
    public void Tend()
    {
        LookForParent();
        var lease = _runtime.Options.Lease;
        var passed = Clock.GetElapsedTime(Interlocked.Read(ref _leasedAt));
        if (passed > lease * 5 / 6)
        {
            // Callbacks of the user's run here: not on the loop that keeps the leases of all the others.
            ThreadPool.UnsafeQueueUserWorkItem(static run => run.Guard(() => run.HoldsLease()), this, preferLocal: false);
        }
        else if (passed > lease / 3 && Interlocked.Exchange(ref _isRenewing, 1) == 0)
        {
            Watch(RenewAsync(lease));
        }
    }

    /// <summary>Has the lease prolonged while the session is read. Whether another worker has it by now is noticed when this one goes on.</summary>
    public void KeepWhileLoading()
    {
        var lease = _runtime.Options.Lease;
        if (Clock.GetElapsedTime(Interlocked.Read(ref _leasedAt)) > lease / 3 && Interlocked.Exchange(ref _isRenewing, 1) == 0)
        {
            Watch(RenewAsync(lease, isLoading: true));
        }
    }

    /// <summary>Whether so much time has passed since the lease was last whole that another worker may have the session.</summary>
    public bool IsLate => Clock.GetElapsedTime(Interlocked.Read(ref _leasedAt)) > _runtime.Options.Lease * 5 / 6;

    /// <summary>
    /// Whether this worker may act for the session. Asked before anything starts and before what was written counts: the process may have stood still since,
    /// so that nobody has tended the lease.
    /// </summary>
    private bool HoldsLease()
    {
        if (IsBroken)
        {
            return false;
        }

        if (!IsLate)
        {
            return true;
        }

        Break(new LeaseLostException(Session, _renewalError));
        return false;
    }

    /// <summary>Lets another worker have the session at once. Nothing of it is at work here any more.</summary>
    public async Task ReleaseAsync()
    {
        if (_broken is null)
        {
            // It was given up with its last record.
            return;
        }

        try
        {
            await _runtime.Store.ReleaseAsync(_claim).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It is another's by now, or the store cannot be reached: then the lease runs out.
        }
    }

    /// <summary>Leaves the session behind: an action of it ignores its token. The lease runs out by itself, so that nobody runs the action beside it sooner.</summary>
    public Task AbandonAsync()
    {
        RuntimeLog.ActionIgnoresCancellation(_runtime.Log, Session, Agent);
        _runtime.Left(this, new SessionRest(_state, null, _broken));
        _rest.TrySetResult(new SessionRest(_state, null, _broken));
        return Task.CompletedTask;
    }

    private async Task RenewAsync(TimeSpan lease, bool isLoading = false)
    {
        var asked = Clock.GetTimestamp();
        try
        {
            await _runtime.Store.RenewAsync(_claim, lease).ConfigureAwait(false);
            Interlocked.Exchange(ref _leasedAt, asked);
        }
        catch (FencedException e) when (!isLoading)
        {
            Break(e);
        }
        catch (Exception e)
        {
            // There is time for another attempt.
            _renewalError = e;
        }
        finally
        {
            Interlocked.Exchange(ref _isRenewing, 0);
        }
    }
}
