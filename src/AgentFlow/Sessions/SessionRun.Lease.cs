namespace AgentFlow;

/// <summary>The lease: how long this worker may go on believing that the session is its own.</summary>
internal sealed partial class SessionRun
{
    /// <summary>When the lease was last known to be whole, on the steady clock.</summary>
    private long _leasedAt;

    /// <summary>Prolongs the lease if a third of it has passed; gives the session up if it could not be prolonged in time.</summary>
    public async ValueTask TendAsync()
    {
        var lease = _runtime.Options.Lease;
        if (Clock.GetElapsedTime(Interlocked.Read(ref _leasedAt)) < lease / 3)
        {
            return;
        }

        var asked = Clock.GetTimestamp();
        try
        {
            await _runtime.Store.RenewAsync(_claim, lease).ConfigureAwait(false);
            Interlocked.Exchange(ref _leasedAt, asked);
        }
        catch (FencedException e)
        {
            Break(e);
        }
        catch (Exception e) when (Clock.GetElapsedTime(Interlocked.Read(ref _leasedAt)) > lease * 5 / 6)
        {
            Break(e);
        }
        catch (Exception)
        {
            // There is time for another attempt.
        }
    }

    private void LeaseRenewed() => Interlocked.Exchange(ref _leasedAt, Clock.GetTimestamp());
}
