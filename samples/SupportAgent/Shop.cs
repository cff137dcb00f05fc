using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace AgentFlow.Samples.Support;

public sealed record Order(int Number, string Customer, string Goods, decimal Price, string Status);

/// <summary>The shop's systems, as tools. Money that is paid back is noted in a file, once for each payment.</summary>
/// <param name="bank">The file.</param>
public sealed partial class Shop(string bank)
{
    private static readonly Order[] s_orders =
    [
        new(1042, "Ada", "2 desk lamps", 80m, "delivered 5 days ago"),
        new(1043, "Ada", "1 chair", 120m, "on its way since yesterday"),
        new(1044, "Grace", "1 standing desk", 640m, "delivered 9 days ago"),
    ];

    private readonly Lock _gate = new();

    [Tool(Effect = Effect.None), Description("Finds an order by its number.")]
    private static Order? FindOrder([Description("The number of the order"), Range(1000, 9999)] int number) => Array.Find(s_orders, order => order.Number == number);

    [Tool(Effect = Effect.None), Description("Lists the orders of a customer.")]
    private static Order[] ListOrders([Description("The customer's first name")] string customer) => [.. s_orders.Where(order => order.Customer.Equals(customer, StringComparison.OrdinalIgnoreCase))];

    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.Required), Description("Pays money back to the customer. A colleague is asked first.")]
    private string Refund([Description("The number of the order")] int number, [Description("How much, in euros"), Range(0.01, 500)] decimal amount, [Description("Why, in a few words")] string reason)
    {
        lock (_gate)
        {
            File.AppendAllText(bank, string.Create(CultureInfo.InvariantCulture, $"{number} {amount} {reason}\n"));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{amount} euros are on their way back for order {number}.");
    }
}
