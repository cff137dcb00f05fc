namespace AgentFlow.AI;

/// <summary>Something to be reached: how much it matters, what has to be reached before it, what it needs, and when. Checked when it is made; immutable.</summary>
public sealed class Goal
{
    private const int MaxName = 200;

    private readonly int _priority = 5;
    private readonly TimeSpan _duration;
    private readonly string[] _dependsOn = [];
    private readonly Dictionary<string, int> _resources = new(StringComparer.Ordinal);

    /// <summary>States a goal; the rest is in the properties.</summary>
    /// <param name="name">Its name: not blank, at most 200 characters.</param>
    /// <exception cref="ArgumentException">The name is blank or too long.</exception>
    public Goal(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, MaxName, nameof(name));
        Name = name;
    }

    /// <summary>Its name, unique within a stack.</summary>
    public string Name { get; }

    /// <summary>What it is about, for people.</summary>
    public string? Description { get; init; }

    /// <summary>How much it matters, from 0 to 10. Default: 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 10.</exception>
    public int Priority
    {
        get => _priority;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 10);
            _priority = value;
        }
    }

    /// <summary>The goals, by name, that have to be reached before. Default: none.</summary>
    public IReadOnlyList<string> DependsOn
    {
        get => _dependsOn;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _dependsOn = [.. value.Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>The resources that it needs while it is worked on, and how many units of each. Default: none.</summary>
    /// <exception cref="ArgumentException">A number of units is not positive.</exception>
    public IReadOnlyDictionary<string, int> Resources
    {
        get => _resources;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.FirstOrDefault(static pair => pair.Value <= 0) is { Key: { } odd })
            {
                throw new ArgumentException($"Goal '{Name}' needs {value[odd]} units of '{odd}'. Give a positive number, or leave the resource out.", nameof(value));
            }

            _resources = new(value, StringComparer.Ordinal);
        }
    }

    /// <summary>When work may begin. Default: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>When it has to be reached. A goal whose work has not begun by then fails. Default: any time.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>How long the work is expected to take; it serves to find conflicts in time, and limits nothing. Default: no time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan Duration
    {
        get => _duration;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            _duration = value;
        }
    }

    /// <summary>What is so when it is reached: facts such as <c>open(shop)</c>. Default: it does not say.</summary>
    /// <exception cref="PlanningDefinitionException">One is no fact.</exception>
    public IReadOnlyList<string> Achieves
    {
        get => [.. AchievedFacts.Select(static fact => fact.ToString())];
        init => AchievedFacts = Fact.ParseAll(value);
    }

    /// <summary>What is not so when it is reached. Default: it does not say.</summary>
    /// <exception cref="PlanningDefinitionException">One is no fact.</exception>
    public IReadOnlyList<string> Prevents
    {
        get => [.. PreventedFacts.Select(static fact => fact.ToString())];
        init => PreventedFacts = Fact.ParseAll(value);
    }

    internal IReadOnlySet<Fact> AchievedFacts { get; private init; } = new HashSet<Fact>();

    internal IReadOnlySet<Fact> PreventedFacts { get; private init; } = new HashSet<Fact>();

    /// <summary>The goal's name.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}
