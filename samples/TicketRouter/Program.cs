using AgentFlow.Samples;
using AgentFlow.Samples.Tickets;

const string Usage = """
    Routes support tickets.
    usage: TicketRouter [ticket]     without a ticket, three examples
    """;

return await Sample.RunAsync(args, Usage, static async words =>
{
    string[] tickets = words.Length > 0
        ? [string.Join(' ', words).Trim()]
        : ["The server is down, nobody can pay!", "Please send last month's invoice again", "How do I change my password?"];
    if (tickets[0].Length == 0)
    {
        throw new WrongUsageException("the ticket is empty");
    }

    var router = new TicketRouter();
    foreach (var ticket in tickets)
    {
        Console.WriteLine(ticket);
        Console.WriteLine("  → " + await router.RunAsync(ticket));
    }

    return Sample.Success;
});
