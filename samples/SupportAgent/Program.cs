// A support agent: it thinks, looks things up, and asks a colleague before it pays money back.
//   dotnet run --project samples/SupportAgent -- ticket-1 "The lamps of order 1042 arrived broken."
// End it at any time and give the same command again: nothing that was recorded is thought, looked up or paid twice.
using AgentFlow;
using AgentFlow.AI;
using AgentFlow.Samples;
using AgentFlow.Samples.Support;

const string Usage = """
    Answers a ticket; asks before it pays money back. The same command goes on with the ticket, also with one that has failed.
    usage: SupportAgent <ticket> <question>
    """;

return await Sample.RunAsync(args, Usage, static async words =>
{
    if (words is not [var ticket, var question] || string.IsNullOrWhiteSpace(question))
    {
        throw new WrongUsageException("a ticket's id and a question are needed; put the question in quotes");
    }

    await using var model = SampleModel.Connect(Script.Answer);
    var folder = Environment.GetEnvironmentVariable("SUPPORT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "agentflow-support");
    Directory.CreateDirectory(folder);
    var tools = new ToolRegistry()
        .AddRange(new Shop(Path.Combine(folder, "bank.txt")).Tools)
        .AddRange(new FileSearch(Path.Combine(AppContext.BaseDirectory, "Policies")).Tools);
    var agent = new ReActAgent(model.Client, tools, new ReActOptions { Instructions = "You help customers of a shop. Look up the order and the rules before you promise anything. Answer in two sentences." });
    await using var store = new SqliteSessionStore(Path.Combine(folder, "tickets.db"));
    await using var runtime = new AgentRuntime(store, new() { Owner = "support" });
    var session = await Continuation.StartOrContinueAsync(runtime, store, agent, question, ticket);
    using var ended = new CancellationTokenSource();
    var printing = PrintAsync(session, ended.Token);

    SessionState state;
    while ((state = await session.WaitAsync()) == SessionState.Suspended)
    {
        var requests = await session.GetRequestsAsync();
        foreach (var call in (await session.GetCallsAsync()).Where(call => requests.Any(request => request.CallId == call.Id)))
        {
            Console.WriteLine($"? {call.Name} {call.Arguments}");
        }

        Console.WriteLine("Approve? Type: yes, or: no <reason>");
        if (Console.ReadLine() is not { } line)
        {
            Console.WriteLine($"{ticket}: goes on when the same command is given again");
            return Sample.Success;
        }

        // Nothing but a plain yes or no decides about money.
        var answer = line.Trim().Split(' ', 2);
        if (answer[0] is "yes" or "no")
        {
            await session.ApproveAsync([.. requests.Select(request => answer[0] == "yes" ? request.Grant() : request.Deny(answer.Length > 1 ? answer[1] : null))]);
        }
    }

    await ended.CancelAsync();
    await printing;
    switch (state)
    {
        case SessionState.Completed:
            Console.WriteLine($"{ticket}: {(await session.Result).Text}");
            return Sample.Success;
        case SessionState.Uncertain:
            Console.Error.WriteLine($"error: {ticket}: it is not known whether money was paid. Look into {Path.Combine(folder, "bank.txt")}; a person has to settle it.");
            return Sample.Failure;
        default:
            Console.Error.WriteLine($"error: {ticket}: {await WhyAsync(session)}. It is tried again when the same command is given again.");
            return Sample.Failure;
    }
});

static async Task<string> WhyAsync(Session<ReActAgent, ReActAnswer> session)
{
    try
    {
        _ = await session.Result;
        return "";
    }
    catch (Exception e)
    {
        return e.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }
}

// What it thinks and calls, as it happens.
static async Task PrintAsync(Session<ReActAgent, ReActAnswer> session, CancellationToken cancellationToken)
{
    try
    {
        await foreach (var e in session.Events(cancellationToken))
        {
            if (e.Kind == AgentEventKind.Thought)
            {
                Console.WriteLine($"  {e.Message}");
            }
        }
    }
    catch (OperationCanceledException)
    {
    }
}
