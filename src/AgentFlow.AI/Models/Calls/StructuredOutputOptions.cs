using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>How a value of a type is asked for.</summary>
public sealed class StructuredOutputOptions
{
    private readonly int _maxCorrections = 2;

    /// <summary>How often a reply that does not fit goes back to the model. Default: 2; three calls at most. 0: never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int MaxCorrections
    {
        get => _maxCorrections;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxCorrections = value;
        }
    }

    /// <summary>Options of the requests; their response format is replaced. Default: none.</summary>
    public ChatOptions? Chat { get; init; }

    /// <summary>The name of the schema: letters, digits, dashes and underscores. Default: the name of the type.</summary>
    public string? SchemaName { get; init; }

    /// <summary>
    /// Whether the schema is told as a system message, too, for endpoints that know no response format or only heed what they read; the
    /// response format is then plain JSON. Default: false.
    /// </summary>
    public bool SchemaInMessages { get; init; }
}
