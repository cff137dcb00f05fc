// A support agent: it thinks, looks things up, and asks a colleague before it pays money back.
//   dotnet run --project samples/SupportAgent -- ticket-1 "The lamps of order 1042 arrived broken."
// End it at any time and give the same command again: nothing that was recorded is thought, looked up or paid twice.
using AgentFlow;
using AgentFlow.AI;
using AgentFlow.Samples;
using AgentFlow.Samples.Support;

if (args is not [var ticket, var question])
{
    Console.Error.WriteLine("usage: SupportAgent <ticket> <question>");
    return 2;
}

var folder = Environment.GetEnvironmentVariable("SUPPORT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "agentflow-support");
Directory.CreateDirectory(folder);
await using var model = SampleModel.Connect(Script.Answer);
var tools = new ToolRegistry()
    .AddRange(new Shop(Path.Combine(folder, "bank.txt")).Tools)
    .AddRange(new FileSearch(Path.Combine(AppContext.BaseDirectory, "Policies")).Tools);
var agent = new ReActAgent(model.Client, tools, new ReActOptions { Instructions = "You help customers of a shop. Look up the order and the rules before you promise anything. Answer in two sentences." });
await using var store = new SqliteSessionStore(Path.Combine(folder, "tickets.db"));
await using var runtime = new AgentRuntime(store, new() { Owner = "support" });
var session = await runtime.StartOrResumeAsync(agent, question, new() { Id = ticket });
using var ended = new CancellationTokenSource();
var printing = PrintAsync(ended.Token);

while (await session.WaitAsync() == SessionState.Suspended)
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
        return 0;
    }

    var words = line.Split(' ', 2);
    var before = (await session.GetInfoAsync()).Sequence;
    await session.ApproveAsync([.. requests.Select(request => words[0] == "yes" ? request.Grant() : request.Deny(words.Length > 1 ? words[1] : null))]);
    while ((await session.GetInfoAsync()).Sequence == before)
    {
        await Task.Delay(10);
    }
}

var answer = await session.Result;
await ended.CancelAsync();
await printing;
Console.WriteLine($"{ticket}: {answer.Text}");
return 0;

// What it thinks and calls, as it happens.
async Task PrintAsync(CancellationToken cancellationToken)
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
