using System.ComponentModel;

namespace AgentFlow.AI.Tests.Patterns;

/// <summary>Tools that the patterns' tests have models call.</summary>
public sealed partial class Desk
{
    private readonly List<string> _log = [];

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log)
            {
                return [.. _log];
            }
        }
    }

    [Tool(Effect = Effect.None), Description("Finds an order.")]
    private string FindOrder([Description("The customer")] string customer)
    {
        Note($"find {customer}");
        return $"order 7 of {customer}: 2 lamps, 80 euros, broken";
    }

    [Tool(Effect = Effect.AtMostOnce, Approval = ApprovalPolicy.Required), Description("Pays money back.")]
    private string Refund([Description("The order")] int order, [Description("How much, in euros"), System.ComponentModel.DataAnnotations.Range(0.01, 500)] decimal amount)
    {
        Note(FormattableString.Invariant($"refund {order} {amount}"));
        return FormattableString.Invariant($"refunded {amount} euros for order {order}");
    }

    [Tool(Effect = Effect.None), Description("Fails.")]
    private static string Broken() => throw new FormatException("the secret is 42");

    private void Note(string text)
    {
        lock (_log)
        {
            _log.Add(text);
        }
    }
}
