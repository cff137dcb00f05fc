// A chat that survives restarts: end the program at any time and give the same command again.
//   dotnet run --project samples/Chatbot -- ada
using AgentFlow;
using AgentFlow.AI;
using AgentFlow.Samples;
using AgentFlow.Samples.Chatting;

var folder = Environment.GetEnvironmentVariable("CHATBOT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "agentflow-chatbot");
Directory.CreateDirectory(folder);
await using var model = SampleModel.Connect(Script.Answer);
await using var store = new SqliteSessionStore(Path.Combine(folder, "chats.db"));
await using var runtime = new AgentRuntime(store, new() { Owner = "chatbot" });
var id = "chat-" + (args.Length > 0 ? args[0] : "me");
var isKnown = await store.FindAsync(id) is not null;
var session = await runtime.StartOrResumeAsync(new Chatbot(model.Client), default, new() { Id = id });

using var ended = new CancellationTokenSource();
var printing = PrintAsync(ended.Token);
Console.WriteLine(isKnown ? "We go on where we were." : "Say something; \"bye\" ends the chat.");
while (await session.WaitAsync() == SessionState.Suspended && Console.ReadLine() is { } line)
{
    if (line.Length == 0)
    {
        continue;
    }

    var before = (await session.GetInfoAsync()).Sequence;
    await session.SayAsync(line);
    while ((await session.GetInfoAsync()).Sequence == before)
    {
        await Task.Delay(10);
    }
}

var state = await session.WaitAsync();
await ended.CancelAsync();
await printing;
Console.WriteLine(state == SessionState.Completed ? "Bye." : "The chat goes on when the same command is given again.");

// The words of the model as they come. What was said before the program began is not said again.
async Task PrintAsync(CancellationToken cancellationToken)
{
    try
    {
        var isWithin = false;
        await foreach (var e in session.Events(cancellationToken))
        {
            if (e.Kind == AgentEventKind.LlmToken)
            {
                Console.Write(e.Message);
                isWithin = true;
            }
            else if (e.Kind == AgentEventKind.ActionCompleted && isWithin)
            {
                Console.WriteLine();
                isWithin = false;
            }
        }
    }
    catch (OperationCanceledException)
    {
    }
}
