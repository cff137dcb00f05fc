using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace AgentFlow.AI;

/// <summary>
/// What models cost, by their ids. Immutable. An id also stands for its dated versions: the price of <c>model-x</c> holds for
/// <c>model-x-2026-01-31</c>, unless that has its own.
/// </summary>
public sealed partial class PriceTable
{
    private readonly Dictionary<string, ModelPrice> _prices;

    /// <summary>Creates a table.</summary>
    /// <param name="prices">The prices, by the ids of models; ids are compared ignoring case.</param>
    public PriceTable(IEnumerable<KeyValuePair<string, ModelPrice>> prices)
    {
        ArgumentNullException.ThrowIfNull(prices);
        _prices = new(prices, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Looks a price up.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="price">The price.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetPrice([NotNullWhen(true)] string? model, out ModelPrice price)
    {
        if (!string.IsNullOrEmpty(model) && (_prices.TryGetValue(model, out price) || _prices.TryGetValue(Version().Replace(model, ""), out price)))
        {
            return true;
        }

        price = default;
        return false;
    }

    /// <summary>A date, in one of the ways that providers write it, or a number of three digits. Anything else (<c>model-4-5</c>, <c>model-mini</c>) is another model than <c>model</c>, and never has its price.</summary>
    [GeneratedRegex(@"[-@:](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|00\d)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
