namespace AgentFlow.AI;

/// <summary>An amount that calls of models may cost together, in the user's own currency. Thread-safe; it may be shared by any number of selectors.</summary>
public sealed class ModelBudget
{
    /// <summary>Sums of decimal fractions are off by less than this part of the limit; a budget of 0.3 pays for 0.1 three times.</summary>
    private const double Rounding = 1e-9;

    private readonly Lock _gate = new();
    private double _spent;

    /// <summary>What calls under way are expected to cost. Guarded by the gate.</summary>
    private double _reserved;

    /// <summary>Creates a budget.</summary>
    /// <param name="limit">What may be spent.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or not a number.</exception>
    public ModelBudget(double limit)
    {
        if (!(limit >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "A budget is a number, and not negative.");
        }

        Limit = limit;
    }

    /// <summary>What may be spent.</summary>
    public double Limit { get; }

    /// <summary>What has been spent. It may pass the limit by as much as calls cost more than was expected of them.</summary>
    public double Spent
    {
        get
        {
            lock (_gate)
            {
                return _spent;
            }
        }
    }

    /// <summary>What is left, less what calls under way are expected to cost; never negative.</summary>
    public double Remaining
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, Limit - _spent - _reserved);
            }
        }
    }

    /// <summary>Counts a cost that arose elsewhere.</summary>
    /// <param name="cost">The cost.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cost is negative or not a number.</exception>
    public void Spend(double cost)
    {
        if (!(cost >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(cost), cost, "A cost is a number, and not negative.");
        }

        lock (_gate)
        {
            _spent += cost;
        }
    }

    internal bool TryReserve(double cost)
    {
        lock (_gate)
        {
            if (_spent + _reserved + cost > Limit * (1 + Rounding))
            {
                return false;
            }

            _reserved += cost;
            return true;
        }
    }

    internal void Settle(double reserved, double spent)
    {
        lock (_gate)
        {
            _reserved = Math.Max(0, _reserved - reserved);
            _spent += spent;
        }
    }
}
