namespace AgentFlow.Fuzz;

/// <summary>What an action of a random agent gives back.</summary>
public enum Output
{
    Nothing,
    Number,
    Maybe,
    Many,
    Stream,
}

/// <summary>How the body of an action takes its time.</summary>
public enum Pace
{
    Sync,
    Done,
    Yield,
    Wait,

    /// <summary>Until its token is cancelled.</summary>
    Hang,
}

/// <summary>How an action takes what another makes.</summary>
public enum LinkKind
{
    Required,
    Optional,
    Race,
    RaceOptional,
    Order,
    Any,
    Previous,
}

/// <summary>When the body of an action fails.</summary>
public enum FailureKind
{
    Never,
    Always,

    /// <summary>The first attempts.</summary>
    First,

    /// <summary>As its arguments have it.</summary>
    Sometimes,

    /// <summary>As long as its run has not been tried again.</summary>
    Early,
}

/// <summary>A parameter or a <c>[DependsOn]</c>. With several sources that do not race it is a merge.</summary>
public sealed record Link(LinkKind Kind, int[] Sources, bool CancelsOthers = false);

/// <summary>How an action fails.</summary>
/// <param name="Kind">When.</param>
/// <param name="Count">Of <see cref="FailureKind.First"/>: how many attempts; of <see cref="FailureKind.Early"/>: how many epochs of its run.</param>
/// <param name="IsTransient">Whether a retry without types tries it again.</param>
public sealed record Failure(FailureKind Kind, int Count, bool IsTransient)
{
    public static Failure None { get; } = new(FailureKind.Never, 0, false);
}

/// <summary>A <c>[ForEach]</c>.</summary>
public sealed record Elements(int Source, int MaxParallel, bool HasUntil, bool AllowsPartialFailure);

/// <summary>A <c>[Signal]</c>: answered by the driver, or never, and then its time is up.</summary>
public sealed record Signal(bool IsAnswered);

/// <summary>One action of a random agent.</summary>
public sealed record Act
{
    public required int Index { get; init; }

    public Output Output { get; init; }

    public Pace Pace { get; init; }

    public bool TakesInput { get; init; }

    public Link[] Links { get; init; } = [];

    public bool HasContext { get; init; }

    public Failure Failure { get; init; } = Failure.None;

    /// <summary>The sources that each predicate looks at; null: there is no predicate.</summary>
    public int[]? When { get; init; }

    public int[]? Requires { get; init; }

    public bool Ensures { get; init; }

    /// <summary>Attempts in all; 1: no retry.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Whether the retry names the exception that is not transient.</summary>
    public bool RetriesAll { get; init; }

    public bool HasFallback { get; init; }

    public bool FallbackFails { get; init; }

    public bool HasCompensation { get; init; }

    public bool CompensationFails { get; init; }

    public bool IsOptional { get; init; }

    public bool IsCached { get; init; }

    /// <summary>In milliseconds; 0: none.</summary>
    public int Delay { get; init; }

    /// <summary>In milliseconds; 0: none. A short one is for those that hang.</summary>
    public int Timeout { get; init; }

    public bool IsIdleTimeout { get; init; }

    /// <summary>Of one that hangs: how many attempts.</summary>
    public int Hangs { get; init; }

    public Elements? ForEach { get; init; }

    public Signal? Signal { get; init; }

    public int Child { get; init; } = -1;

    /// <summary>How often it runs its child, one after the other.</summary>
    public int Calls { get; init; } = 1;

    public string Effect { get; init; } = "AtLeastOnce";

    public bool IsSync { get; init; }

    public bool IsForgotten { get; init; }

    public bool IsOffloaded { get; init; }

    public int Priority { get; init; }

    public bool CancelsCaller { get; init; }

    public string Name => $"A{Index}";

    public bool MakesArray => ForEach is not null || Output is Output.Many or Output.Stream;

    public bool MakesValue => Output != Output.Nothing;

    public bool IsSometimesNull => Output == Output.Maybe && ForEach is null;

    /// <summary>Everything that the action waits for, with how it counts.</summary>
    public IEnumerable<Link> Waits
    {
        get
        {
            foreach (var link in Links)
            {
                if (link.Kind != LinkKind.Previous)
                {
                    yield return link;
                }
            }

            if (ForEach is not null)
            {
                yield return new(LinkKind.Required, [ForEach.Source]);
            }

            foreach (var source in (When ?? []).Concat(Requires ?? []))
            {
                yield return new(LinkKind.Optional, [source]);
            }
        }
    }
}

/// <summary>A random agent.</summary>
public sealed record Model
{
    public required string Name { get; init; }

    public required Act[] Acts { get; init; }

    public Model[] Children { get; init; } = [];

    public long Input { get; init; }

    public bool Continues { get; init; }

    public bool Waves { get; init; }

    public int MaxParallel { get; init; }

    /// <summary>0: it does not loop.</summary>
    public int MaxIterations { get; init; }

    public bool ReturnsLast { get; init; }

    /// <summary>The source that the loop's predicate looks at.</summary>
    public int UntilSource { get; init; }

    /// <summary>In milliseconds; 0: none.</summary>
    public int Timeout { get; init; }

    public int Budget { get; init; }

    /// <summary>How often a session of it is redriven when it has failed or was cancelled.</summary>
    public int Redrives { get; init; }

    public bool Loops => MaxIterations > 0;

    public Act Result => Acts[^1];

    public bool NeedsTransactions => Acts.Any(static a => a.Effect == "Transactional") || Children.Any(static c => c.NeedsTransactions);

    public bool HasSignals => Acts.Any(static a => a.Signal is not null) || Children.Any(static c => c.HasSignals);

    /// <summary>Whether a run of it, or of a child, may be tried again.</summary>
    public bool HasEpochs => Redrives > 0 || Acts.Any(static a => a is { Child: >= 0, Attempts: > 1 }) || Children.Any(static c => c.HasEpochs);

    public IEnumerable<Model> All => Children.SelectMany(static c => c.All).Prepend(this);
}
