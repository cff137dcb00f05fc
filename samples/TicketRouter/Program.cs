using AgentFlow.Samples.Tickets;

string[] tickets = args.Length > 0
    ? [string.Join(' ', args)]
    : ["The server is down, nobody can pay!", "Please send last month's invoice again", "How do I change my password?"];
var router = new TicketRouter();
foreach (var ticket in tickets)
{
    Console.WriteLine(ticket);
    Console.WriteLine("  → " + await router.RunAsync(ticket));
}
