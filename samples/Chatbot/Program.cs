// A chat that survives restarts: end the program at any time and give the same command again.
//   dotnet run --project samples/Chatbot -- ada
using System.Text.Json;
using AgentFlow;
using AgentFlow.AI;
using AgentFlow.Samples;
using AgentFlow.Samples.Chatting;

const string Usage = """
    A chat that goes on when the same command is given again; "bye" ends it, and the command after that begins another.
    usage: Chatbot [name]     default: me
    """;

return await Sample.RunAsync(args, Usage, static async words =>
{
    if (words.Length > 1)
    {
        throw new WrongUsageException("more than one name");
    }

    await using var model = SampleModel.Connect(Script.Answer);
    var folder = Environment.GetEnvironmentVariable("CHATBOT") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "agentflow-chatbot");
    Directory.CreateDirectory(folder);
    await using var store = new SqliteSessionStore(Path.Combine(folder, "chats.db"));
    await using var runtime = new AgentRuntime(store, new() { Owner = "chatbot" });
    var (id, greeting) = await FindAsync(store, "chat-" + (words.Length > 0 ? words[0] : "me"));
    var session = await Continuation.StartOrContinueAsync(runtime, store, new Chatbot(model.Client), default, id);

    using var ended = new CancellationTokenSource();
    var printing = PrintAsync(session, ended.Token);
    Console.WriteLine(greeting);
    JsonElement? before = null;
    while (await session.WaitAsync() == SessionState.Suspended && Console.ReadLine() is { } line)
    {
        if (line.Trim().Length > 0)
        {
            before = await TurnsAsync(session);
            await session.SayAsync(line);
        }
    }

    var state = await session.WaitAsync();
    var isUnanswered = state == SessionState.Suspended && before is { } turns && JsonElement.DeepEquals(turns, await TurnsAsync(session));
    await ended.CancelAsync();
    await printing;
    if (state is not (SessionState.Completed or SessionState.Suspended))
    {
        Console.Error.WriteLine($"error: the chat has stopped ({state}); it is tried again when the same command is given again");
        return Sample.Failure;
    }

    Console.WriteLine(state == SessionState.Completed ? "Bye." : "The chat goes on when the same command is given again.");
    if (isUnanswered)
    {
        Console.Error.WriteLine("error: what was said last got no answer and is not remembered");
        return Sample.Failure;
    }

    return Sample.Success;
});

// The chat that has not ended: the first of this name, or one that followed it.
static async Task<(string Id, string Greeting)> FindAsync(SqliteSessionStore store, string name)
{
    for (var chat = 1; ; chat++)
    {
        var id = chat == 1 ? name : $"{name}#{chat}";
        var state = (await store.FindAsync(id))?.State;
        if (state is not (SessionState.Completed or SessionState.Archived))
        {
            return (id, state is null ? "Say something; \"bye\" ends the chat." : "We go on where we were.");
        }
    }
}

// What has been said and answered so far.
static async Task<JsonElement> TurnsAsync(Session session)
{
    var memory = (await session.ExportAsync(isFull: true)).GetProperty("state").GetProperty("memory");
    return memory.TryGetProperty("Reply", out var turns) ? turns : JsonElement.Parse("[]");
}

// The words of the model as they come. What was said before the program began is not said again.
static async Task PrintAsync(Session<Chatbot, Turn[]> session, CancellationToken cancellationToken)
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
            else if (e.Kind == AgentEventKind.Custom && e.Name == Chatbot.Unanswered && e.TryGetValue<string>(out var why))
            {
                Console.WriteLine($"{(isWithin ? Environment.NewLine : "")}(There is no answer: {why} Say it again.)");
                isWithin = false;
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
