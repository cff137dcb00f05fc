namespace AgentFlow;

/// <summary>
/// Who owns which session, and until when. One process has the file, so leases are in memory alone: those of a dead process are void. What a
/// transaction does here holds at once, and is undone if the transaction is.
/// </summary>
internal sealed class Leases(StoreClock clock)
{
    private readonly Lock _gate = new();

    /// <summary>Guarded by the gate.</summary>
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);

    /// <summary>What the transaction under way has changed: the lease before, and the one it has put in its place. Guarded by the gate.</summary>
    private readonly List<(string Id, Lease? Before, Lease? After)> _changes = [];

    public string? OwnerOf(string id)
    {
        lock (_gate)
        {
            return _leases.GetValueOrDefault(id)?.Owner;
        }
    }

    public bool IsOwned(string id)
    {
        lock (_gate)
        {
            return _leases.GetValueOrDefault(id) is { } lease && lease.Until > clock.Now;
        }
    }

    public bool IsHeld(SessionClaim claim)
    {
        lock (_gate)
        {
            return Find(claim) is not null;
        }
    }

    /// <summary>Begins a lease, in the transaction under way.</summary>
    /// <returns>Whether nobody else has one that lasts.</returns>
    public bool TryClaim(string id, string owner, long epoch, TimeSpan lease)
    {
        lock (_gate)
        {
            var before = _leases.GetValueOrDefault(id);
            if (before is not null && before.Until > clock.Now && before.Owner != owner)
            {
                return false;
            }

            Set(id, before, new Lease(owner, epoch) { Until = TimerSpan.After(clock.Now, lease) });
            return true;
        }
    }

    /// <summary>Ends a lease in the transaction under way.</summary>
    public void End(SessionClaim claim)
    {
        lock (_gate)
        {
            if (Find(claim) is { } lease)
            {
                Set(claim.Id, lease, null);
            }
        }
    }

    /// <summary>Ends whatever lease there is, in the transaction under way.</summary>
    public void Forget(string id)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue(id, out var lease))
            {
                Set(id, lease, null);
            }
        }
    }

    /// <summary>Prolongs a lease, whatever transaction is under way.</summary>
    public bool Renew(SessionClaim claim, TimeSpan time)
    {
        lock (_gate)
        {
            var lease = Find(claim);
            lease?.Until = TimerSpan.After(clock.Now, time);
            return lease is not null;
        }
    }

    /// <summary>Ends a lease, whatever transaction is under way.</summary>
    public void Release(SessionClaim claim)
    {
        lock (_gate)
        {
            if (_leases.GetValueOrDefault(claim.Id)?.Epoch == claim.Epoch)
            {
                _leases.Remove(claim.Id);
            }
        }
    }

    public void Commit()
    {
        lock (_gate)
        {
            _changes.Clear();
        }
    }

    /// <summary>Undoes what the transaction has changed, unless it was changed again from outside it.</summary>
    public void Rollback()
    {
        lock (_gate)
        {
            for (var i = _changes.Count - 1; i >= 0; i--)
            {
                var (id, before, after) = _changes[i];
                if (_leases.GetValueOrDefault(id) == after)
                {
                    Put(id, before);
                }
            }

            _changes.Clear();
        }
    }

    private Lease? Find(SessionClaim claim) => _leases.GetValueOrDefault(claim.Id) is { } lease && lease.Epoch == claim.Epoch && lease.Owner == claim.Owner ? lease : null;

    private void Set(string id, Lease? before, Lease? after)
    {
        Put(id, after);
        _changes.Add((id, before, after));
    }

    private void Put(string id, Lease? lease)
    {
        if (lease is null)
        {
            _leases.Remove(id);
        }
        else
        {
            _leases[id] = lease;
        }
    }

    private sealed class Lease(string owner, long epoch)
    {
        public string Owner => owner;

        public long Epoch => epoch;

        public DateTimeOffset Until { get; set; }
    }
}
