using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentFlow.Benchmarks.Tools;

/// <summary>Where to, and when.</summary>
/// <param name="City">The city.</param>
/// <param name="Days">How many days.</param>
/// <param name="Stops">What lies between.</param>
public sealed record Trip(string City, int Days, IReadOnlyList<string> Stops);

/// <summary>Where, and how long: within bounds, which the schema says.</summary>
/// <param name="City">The city.</param>
/// <param name="Nights">How many nights.</param>
/// <param name="Guests">Who.</param>
public sealed record Stay(string City, [Range(1, 30)] int Nights, IReadOnlyList<string> Guests);

/// <summary>Methods that do nothing, so that only their calling is measured.</summary>
public static partial class BenchmarkTools
{
    /// <summary>Takes plain values and gives one.</summary>
    [Tool]
    public static int Plain([Description("A text.")] string text, [Description("A number.")] int number, [Description("A flag.")] bool flag = true) => flag ? text.Length + number : 0;

    /// <summary>Takes an object and gives one, in time.</summary>
    [Tool]
    public static Task<Trip> Plan([Description("The trip.")] Trip trip, CancellationToken cancellationToken) => Task.FromResult(trip);

    /// <summary>Takes an object with a bound and gives one, in time.</summary>
    [Tool]
    public static Task<Stay> Book([Description("The stay.")] Stay stay, CancellationToken cancellationToken) => Task.FromResult(stay);

    /// <summary>Gives text.</summary>
    [Tool]
    public static string Echo([Description("A text.")] string text) => text;
}
