using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>How warm it is told.</summary>
public enum Unit
{
    Celsius,
    Fahrenheit,
}

/// <summary>A place on the map.</summary>
/// <param name="City">The city's name.</param>
/// <param name="Country">Two letters.</param>
public sealed record Place(string City, [StringLength(2, MinimumLength = 2)] string Country = "NZ");

/// <summary>What comes.</summary>
public sealed record Forecast(string City, IReadOnlyList<double> Degrees, Unit Unit);

/// <summary>Tools of an instance, of every way to return something.</summary>
public sealed partial class Weather(double degrees)
{
    public List<string> Calls { get; } = [];

    /// <summary>Tells the weather of the coming days.</summary>
    /// <param name="place">Where.</param>
    /// <param name="days">How many days, today included.</param>
    /// <param name="unit">The <see cref="Unit"/> of the answer.</param>
    [Tool]
    public async Task<Forecast> ForecastAsync(Place place, [Range(1, 14)] int days = 3, Unit unit = Unit.Celsius, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return new(place.City, [.. Enumerable.Repeat(degrees, days)], unit);
    }

    /// <summary>Names the season.</summary>
    [Tool(Name = "season")]
    public static string Season([Description("The month, 1 to 12.")] [Range(1, 12)] int month) => month is > 2 and < 9 ? "dry" : "wet";

    /// <summary>Orders rain.</summary>
    /// <param name="place">Where.</param>
    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.Required)]
    private void OrderRain(string place) => Calls.Add(place);

    /// <summary>Asks a colleague.</summary>
    /// <param name="question">What about.</param>
    [Tool]
    public ValueTask Ask([RegularExpression("[a-z ]+")] string question, [Service] TimeProvider clock, IServiceProvider services)
    {
        Calls.Add($"{question} {clock.GetUtcNow().Year} {services is not null}");
        return default;
    }

    /// <summary>Counts.</summary>
    /// <param name="to">The last.</param>
    [Tool]
    public static async IAsyncEnumerable<int> Count(int to)
    {
        for (var i = 1; i <= to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }
}
