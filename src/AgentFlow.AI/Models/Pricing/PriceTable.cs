using System.Diagnostics.CodeAnalysis;

namespace AgentFlow.AI;

/// <summary>
/// What models cost, by their ids. Immutable. An id also stands for its dated versions: the price of <c>model-x</c> holds for
/// <c>model-x-2026-01-31</c>, unless that has its own.
/// </summary>
public sealed class PriceTable
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
        for (var id = model; !string.IsNullOrEmpty(id); id = WithoutLastPart(id))
        {
            if (_prices.TryGetValue(id, out price))
            {
                return true;
            }
        }

        price = default;
        return false;
    }

    /// <summary>Versions follow a dash, an at sign or a colon and begin with a digit: <c>model-mini</c> is another model than <c>model</c>, and never has its price.</summary>
    private static string? WithoutLastPart(string id)
    {
        var cut = id.LastIndexOfAny(['-', '@', ':']);
        return cut > 0 && cut + 1 < id.Length && char.IsAsciiDigit(id[cut + 1]) ? id[..cut] : null;
    }
}
