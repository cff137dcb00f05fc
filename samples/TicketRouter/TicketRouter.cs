// Routes a support ticket: two branches of which one runs, and a step that takes whichever value there is.
//   dotnet run --project samples/TicketRouter -- "The server is down and customers cannot pay"
namespace AgentFlow.Samples.Tickets;

/// <summary>What a ticket is about.</summary>
/// <param name="Team">Who knows about it.</param>
/// <param name="Urgency">From 0, whenever there is time, to 1, now.</param>
public sealed record Triage(string Team, double Urgency);

/// <summary>What happens with a ticket.</summary>
/// <param name="Queue">Where it goes.</param>
/// <param name="Answer">What the customer is told.</param>
public sealed record Routing(string Queue, string Answer);

/// <summary>Sends urgent tickets to whoever is on call, and the others to their team's queue.</summary>
[Agent]
public sealed partial class TicketRouter
{
    private static readonly (string Team, string[] Words)[] Teams =
    [
        ("billing", ["invoice", "pay", "refund", "charge", "price"]),
        ("accounts", ["password", "login", "account", "locked"]),
        ("operations", ["down", "slow", "outage", "timeout", "server"]),
    ];

    private static readonly string[] UrgentWords = ["down", "outage", "urgent", "cannot", "lost", "immediately", "breach"];

    [Action(Effect = Effect.None)]
    private static Triage Read([Input] string ticket)
    {
        var (team, hits) = Teams.Select(t => (t.Team, Hits: Count(ticket, t.Words))).MaxBy(static t => t.Hits);
        return new(hits == 0 ? "general" : team, Math.Min(1, Count(ticket, UrgentWords) / 2.0));
    }

    [Action, When(nameof(IsUrgent))]
    private static Routing Escalate(Triage triage) => new($"on call: {triage.Team}", "Somebody is looking at it now.");

    [Action, When(nameof(CanWait))]
    private static Routing Enqueue(Triage triage) => new($"queue: {triage.Team}", "You will hear from us within a day.");

    [Action]
    private static string Reply([From(nameof(Escalate), nameof(Enqueue))] Routing routing) => $"{routing.Queue} — {routing.Answer}";

    private static bool IsUrgent(Triage triage) => triage.Urgency >= 0.5;

    private static bool CanWait(Triage triage) => !IsUrgent(triage);

    private static int Count(string text, string[] words) => words.Count(w => text.Contains(w, StringComparison.OrdinalIgnoreCase));
}
