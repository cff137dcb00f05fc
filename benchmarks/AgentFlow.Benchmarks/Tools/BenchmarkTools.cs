using System.ComponentModel;

namespace AgentFlow.Benchmarks.Tools;

/// <summary>Where to, and when.</summary>
/// <param name="City">The city.</param>
/// <param name="Days">How many days.</param>
/// <param name="Stops">What lies between.</param>
public sealed record Trip(string City, int Days, IReadOnlyList<string> Stops);

/// <summary>Methods that do nothing, so that only their calling is measured.</summary>
public static partial class BenchmarkTools
{
    /// <summary>Takes plain values and gives one.</summary>
    [Tool]
    public static int Plain([Description("A text.")] string text, [Description("A number.")] int number, [Description("A flag.")] bool flag = true) => flag ? text.Length + number : 0;

    /// <summary>Takes an object and gives one, in time.</summary>
    [Tool]
    public static Task<Trip> Plan([Description("The trip.")] Trip trip, CancellationToken cancellationToken) => Task.FromResult(trip);

    /// <summary>Gives text.</summary>
    [Tool]
    public static string Echo([Description("A text.")] string text) => text;
}
