using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What a model costs for each million tokens, in the user's own currency.</summary>
public readonly record struct ModelPrice
{
    private const double Million = 1_000_000;

    /// <summary>States a price.</summary>
    /// <param name="input">For each million tokens of requests.</param>
    /// <param name="output">For each million tokens of replies.</param>
    /// <param name="cachedInput">For each million tokens of requests that the provider had cached. Default: as <paramref name="input"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A price is negative or not a number.</exception>
    public ModelPrice(double input, double output, double? cachedInput = null)
    {
        Input = Checked(input, nameof(input));
        Output = Checked(output, nameof(output));
        CachedInput = Checked(cachedInput ?? input, nameof(cachedInput));
    }

    /// <summary>Of a model that costs nothing.</summary>
    public static ModelPrice Free => default;

    /// <summary>For each million tokens of requests.</summary>
    public double Input { get; }

    /// <summary>For each million tokens of replies.</summary>
    public double Output { get; }

    /// <summary>For each million tokens of requests that the provider had cached.</summary>
    public double CachedInput { get; }

    /// <summary>What a use costs.</summary>
    /// <param name="usage">The tokens; those unknown count as none. A total beyond input and output counts as output.</param>
    /// <returns>The cost, in the currency of the price.</returns>
    public double Cost(UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        var input = usage.InputTokenCount ?? 0;
        var cached = Math.Min(usage.CachedInputTokenCount ?? 0, input);
        var output = Math.Max(usage.OutputTokenCount ?? 0, (usage.TotalTokenCount ?? 0) - input);
        return (((input - cached) * Input) + (cached * CachedInput) + (output * Output)) / Million;
    }

    private static double Checked(double price, string name) =>
        price >= 0 && double.IsFinite(price) ? price : throw new ArgumentOutOfRangeException(name, price, "A price is a number, and not negative.");
}
