namespace AgentFlow.Samples.Expenses;

public sealed record Report(string Id, string Purpose, decimal Amount);

public sealed record Approval(bool Granted, string By, string? Reason = null);

public sealed record Receipt(string Number, decimal Amount);

public sealed record Verdict(string Text, Receipt? Receipt);

/// <summary>An expense report on its way through three people to one payment. It may take weeks, and any number of crashes.</summary>
[Agent]
public sealed partial class ExpenseApproval(Ledger ledger)
{
    [Action]
    private static Report Create([Input] string purpose, [Input] decimal amount, ActionContext context) => new(context.RunId, purpose, amount);

    [Signal(Timeout = "3.00:00:00"), Fallback(nameof(Escalate))]
    private partial Task<Approval> Manager(Report create);

    private static Approval Escalate(Report create) => new(create.Amount <= 100, "the director", "the manager did not answer");

    private static bool IsGranted(Approval manager) => manager.Granted;

    [Signal(Timeout = "7.00:00:00"), When(nameof(IsGranted)), Fallback(nameof(Refuse))]
    private partial Task<Approval> Budget(Report create);

    [Signal(Timeout = "7.00:00:00"), When(nameof(IsGranted)), Fallback(nameof(Refuse))]
    private partial Task<Approval> Compliance(Report create);

    private static Approval Refuse(Report create) => new(false, "nobody", $"nobody has looked at {create.Id} in time");

    private static bool AreAllGranted(Approval budget, Approval compliance) => budget.Granted && compliance.Granted;

    // It must not happen twice: an intent is recorded first, and a crash in between leaves the session to a person.
    [Action(Effect = Effect.AtMostOnce), When(nameof(AreAllGranted))]
    private Receipt Reimburse(Report create, ActionContext context) => ledger.Pay(context.IdempotencyKey, create.Amount);

    [Action]
    private static Verdict Close(Approval manager, Approval? budget, Approval? compliance, Receipt? receipt)
    {
        var refusal = new[] { manager, budget, compliance }.FirstOrDefault(static a => a is { Granted: false });
        return refusal is null
            ? new Verdict($"reimbursed {receipt!.Amount}, receipt {receipt.Number}", receipt)
            : new Verdict($"refused by {refusal.By}{(refusal.Reason is null ? "" : ": " + refusal.Reason)}", null);
    }
}
