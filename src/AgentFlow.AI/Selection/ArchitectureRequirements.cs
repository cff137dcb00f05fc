namespace AgentFlow.AI;

/// <summary>What an agent is for. Only what is said counts; what is left out asks for nothing.</summary>
public sealed record ArchitectureRequirements
{
    private readonly int _tools;
    private readonly int _specialties = 1;
    private readonly TimeSpan? _responseTime;
    private readonly double _load;
    private readonly double _thrift;
    private readonly double? _experience;
    private readonly double _maintainability;

    /// <summary>Whether it takes several steps of reasoning.</summary>
    public bool IsMultiStep { get; init; }

    /// <summary>Whether it has to remember.</summary>
    public bool IsStateful { get; init; }

    /// <summary>Whether it runs for long.</summary>
    public bool IsLongRunning { get; init; }

    /// <summary>Whether its course depends on conditions.</summary>
    public bool IsConditional { get; init; }

    /// <summary>Whether it processes much data.</summary>
    public bool IsDataIntensive { get; init; }

    /// <summary>How many tools and outside services it uses; five count as many. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Tools
    {
        get => _tools;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _tools = value;
        }
    }

    /// <summary>How soon there has to be an answer: at most 1 s asks for all, at most 30 s for half. Default: it does not matter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public TimeSpan? ResponseTime
    {
        get => _responseTime;
        init
        {
            if (value is { } time)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(value));
            }

            _responseTime = value;
        }
    }

    /// <summary>How much load there will be, from 0 (a few users) to 1 (more than one machine can take). Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double Load
    {
        get => _load;
        init => _load = Share(value);
    }

    /// <summary>How little may be used, from 0 (it does not matter) to 1 (as little as can be). Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double Thrift
    {
        get => _thrift;
        init => _thrift = Share(value);
    }

    /// <summary>How much the team has done of this kind, from 0 (nothing) to 1 (all of it). Default: it does not matter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double? TeamExperience
    {
        get => _experience;
        init => _experience = value is { } share ? Share(share) : null;
    }

    /// <summary>How easy it has to be to keep up, from 0 (it does not matter) to 1 (as easy as can be). Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double Maintainability
    {
        get => _maintainability;
        init => _maintainability = Share(value);
    }

    /// <summary>Whether the same input has to have the same course.</summary>
    public bool IsDeterministic { get; init; }

    /// <summary>How many kinds of expertise have to work together; five count as many. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int Specialties
    {
        get => _specialties;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _specialties = value;
        }
    }

    /// <summary>Whether it is events that set it going.</summary>
    public bool IsDrivenByEvents { get; init; }

    /// <summary>Whether several goals compete for time and resources.</summary>
    public bool HasCompetingGoals { get; init; }

    /// <summary>Whether the steps are known beforehand: <see langword="true"/>, they are; <see langword="false"/>, they have to be found while it runs. Default: it does not matter.</summary>
    public bool? AreStepsKnown { get; init; }

    /// <summary>Whether it has to go on whichever single agent is missing.</summary>
    public bool HasNoCentre { get; init; }

    /// <summary>Whether decisions are made on several levels, such as strategy, tactics and operation.</summary>
    public bool HasLevels { get; init; }

    private static double Share(double value) => value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "It goes from 0 to 1.");
}
