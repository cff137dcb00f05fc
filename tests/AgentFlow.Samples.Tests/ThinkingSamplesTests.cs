using AgentFlow.AI;
using AgentFlow.Samples.Chatting;
using AgentFlow.Samples.Support;
using AgentFlow.Testing;

namespace AgentFlow.Samples.Tests;

public class ThinkingSamplesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chat_goes_on_after_a_restart_and_remembers()
    {
        using var scene = new Scene();
        var (code, first, error) = await ProgramRun.TypingAsync(typeof(Chatbot), scene.Folder, "my name is Ada\n\nhello\n", "ada");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal("Say something; \"bye\" ends the chat.\nNice to meet you, Ada. I will remember your name.\nYou said \"hello\". I am a script, and know only names: set OPENAI_API_KEY for a real model.\nThe chat goes on when the same command is given again.\n", first);

        var second = (await ProgramRun.TypingAsync(typeof(Chatbot), scene.Folder, "what is my name?\nbye\n", "ada")).Out;
        Assert.Equal("We go on where we were.\nYour name is Ada.\nBye.\n", second);

        // Somebody else's chat is another.
        Assert.Contains("You have not told me your name.", (await ProgramRun.TypingAsync(typeof(Chatbot), scene.Folder, "what is my name?\n", "bob")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silence_is_broken_once()
    {
        var clock = new ManualTimeProvider();
        var model = new ScriptedChatClient(static request => request.Text == Chatbot.Reminder ? "Still there?" : "Hello.");
        var agent = new Chatbot(model);
        await using var runtime = new AgentRuntime(new MemorySessionStore(clock), new() { Run = new() { TimeProvider = clock } });
        var session = await runtime.StartAsync(agent, default, new() { Id = "s" }, Token);
        await PassAsync(3);
        Assert.Empty(model.Requests);
        await session.SayAsync("Hi.", cancellationToken: Token);
        await model.WhenRequestedAsync(1, Token);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Token));
        await PassAsync(2);
        await model.WhenRequestedAsync(2, Token);
        await PassAsync(30);
        Assert.Equal(["Hi.", Chatbot.Reminder], model.Requests.Select(static r => r.Text));
        await session.SayAsync("bye", cancellationToken: Token);
        Assert.Equal(["Hi.", "Hello.", Chatbot.Reminder, "Still there?"], (await session.Result).Select(static t => t.Text));

        async Task PassAsync(int minutes)
        {
            for (var i = 0; i < minutes; i++)
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                await session.ResumeAsync(Token);
                Assert.Equal(SessionState.Suspended, await session.WaitAsync(Token));
            }
        }
    }

    [Fact]
    public async Task A_colleague_approves_in_another_process_and_money_is_paid_once()
    {
        using var scene = new Scene();
        const string Question = "The lamps of order 1042 arrived broken.";
        var first = await SupportAsync("", "t1", Question);
        Assert.Contains("I look up what our rules say.", first, StringComparison.Ordinal);
        Assert.Contains("""? Refund {"number":1042,"amount":80,"reason":"damaged"}""", first, StringComparison.Ordinal);
        Assert.Contains("goes on when the same command is given again", first, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(scene.Folder, "bank.txt")));

        var second = await SupportAsync("yes\n", "t1", Question);
        Assert.DoesNotContain("I look up", second, StringComparison.Ordinal);
        Assert.EndsWith("t1: I am sorry about that. 80 euros are on their way back for order 1042. You need not send anything back.\n", second, StringComparison.Ordinal);
        Assert.EndsWith("You need not send anything back.\n", await SupportAsync("", "t1", Question), StringComparison.Ordinal);
        Assert.Equal(["1042 80 damaged"], await File.ReadAllLinesAsync(Path.Combine(scene.Folder, "bank.txt"), Token));

        Assert.Contains("was not approved: ask Grace first", await SupportAsync("no ask Grace first\n", "t2", "Order 1043 is broken."), StringComparison.Ordinal);
        Assert.Contains("Please give its number", await SupportAsync("", "t3", "Where is my parcel?"), StringComparison.Ordinal);
        Assert.Contains("I cannot find an order 9999", await SupportAsync("", "t4", "Order 9999 is broken."), StringComparison.Ordinal);
        Assert.Contains("at most 500, got 640", await SupportAsync("yes\n", "t5", "Order 1044 is broken."), StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(scene.Folder, "bank.txt"), Token));

        async Task<string> SupportAsync(string input, params string[] args)
        {
            var (code, output, error) = await ProgramRun.TypingAsync(typeof(Shop), scene.Folder, input, args);
            Assert.Equal((0, ""), (code, error));
            return output;
        }
    }
}
