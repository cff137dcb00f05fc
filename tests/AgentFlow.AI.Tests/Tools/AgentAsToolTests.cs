using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Greets people, one after the other.</summary>
[Agent, Tool(Name = "greet", Effect = Effect.None)]
public sealed partial class Greeter
{
    /// <summary>Finds a name.</summary>
    /// <param name="who">Whom to greet.</param>
    /// <param name="loud">Whether to shout.</param>
    [Action]
    private static Name Find([Input] string who, [Input] bool loud = false) => new(loud ? who.ToUpperInvariant() : who);

    /// <summary>Writes a greeting.</summary>
    /// <param name="find">The name.</param>
    [Action, Tool]
    private static Greeting Compose(Name find) => new("hello, " + find.Text);

    /// <summary>A name.</summary>
    public sealed record Name(string Text);

    /// <summary>A greeting.</summary>
    public sealed record Greeting(string Text);
}

/// <summary>Knocks: takes nothing, and gives nothing.</summary>
[Agent, Tool(Name = "knock")]
public sealed partial class Knocker(List<string> log)
{
    private readonly List<string> _log = log;

    [Action]
    private void Knock() => _log.Add("knock");
}

/// <summary>Reads aloud what cannot be recorded.</summary>
[Agent(Durable = false), Tool(Name = "read", Effect = Effect.None)]
public sealed partial class Reader
{
    /// <summary>Opens.</summary>
    /// <param name="text">What to read, if anything.</param>
    [Action]
    private static StringReader Open([Input] string? text = null) => new(text ?? "nothing");

    [Action]
    private static string Read(StringReader open) => open.ReadToEnd();
}

/// <summary>Spends.</summary>
[Agent, Tool(Name = "spend", Effect = Effect.None)]
public sealed partial class Spender
{
    /// <summary>Spends.</summary>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="context">The context.</param>
    [Action]
    private static int Spend([Input] int tokens, ActionContext context)
    {
        context.ReportUsage(tokens);
        return tokens;
    }
}

/// <summary>Spends what cannot be recorded.</summary>
[Agent(Durable = false), Tool(Name = "waste", Effect = Effect.None)]
public sealed partial class Waster
{
    /// <summary>Spends.</summary>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="context">The context.</param>
    [Action]
    private static int Spend([Input] int tokens, ActionContext context)
    {
        context.ReportUsage(tokens);
        return tokens;
    }
}

/// <summary>Agents as tools, and their actions.</summary>
public sealed class AgentAsToolTests
{
    [Fact]
    public async Task An_agent_is_called_with_its_inputs_and_gives_its_result()
    {
        var tool = new Greeter().AsTool();
        Assert.Equal("greet", tool.Name);
        Assert.Equal("Greets people, one after the other.", tool.Description);
        Assert.Equal(["who"], tool.JsonSchema.GetProperty("required").EnumerateArray().Select(static name => name.GetString()!));
        Assert.Equal("Whether to shout.", tool.JsonSchema.GetProperty("properties").GetProperty("loud").GetProperty("description").GetString());
        Assert.Equal(Effect.None, ToolFacts.EffectOf(tool));
        var result = await ToolTests.CallAsync(tool, """{"who":"world","loud":true}""");
        Assert.Equal("""{"text":"hello, WORLD"}""", ((JsonElement)result!).GetRawText());
    }

    [Fact]
    public async Task Its_arguments_are_checked_like_any_tools() =>
        await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => ToolTests.CallAsync(new Greeter().AsTool(), """{"loud":"yes"}"""));

    [Fact]
    public async Task An_action_is_a_tool_by_itself()
    {
        Assert.Equal(["Compose"], Greeter.Tools.Select(static tool => tool.Name));
        var result = await ToolTests.CallAsync(Greeter.ComposeTool, """{"find":{"text":"you"}}""");
        Assert.Equal("""{"text":"hello, you"}""", ((JsonElement)result!).GetRawText());
    }

    [Fact]
    public async Task A_caller_may_run_it_its_own_way()
    {
        var runner = new Runner();
        var log = new List<string>();
        var invoker = new ToolInvoker(new ToolRegistry().Add(new Greeter().AsTool()).Add(new Knocker(log).AsTool()).Add(new Reader().AsTool()));
        Assert.Equal("""{"text":"hello, you"}""", await CallAsync("greet", new() { ["who"] = "you" }));
        Assert.Equal("Done.", await CallAsync("knock", []));
        Assert.Equal("nothing", await CallAsync("read", []));
        Assert.Equal("a book", await CallAsync("read", new() { ["text"] = "a book" }));
        Assert.Equal(["durable Greeter (you, False)", "durable Knocker Unit { }", "Reader ", "Reader a book"], runner.Runs);
        Assert.Equal(["knock"], log);

        async Task<string> CallAsync(string tool, Dictionary<string, object?> arguments) =>
            (await invoker.InvokeAsync(new("1", tool, arguments), new() { AgentRunner = runner }, TestContext.Current.CancellationToken)).Result!.ToString()!;
    }

    [Fact]
    public async Task Called_by_an_agent_it_is_a_child_and_what_it_spends_counts()
    {
        ReActAgent Agent() => new(new ScriptedChatClient(
            ScriptedReply.Calls(new ScriptedToolCall("spend", """{"tokens":1000}""", "a"), new ScriptedToolCall("waste", """{"tokens":500}""", "b")) with { Usage = new() { TotalTokenCount = 7 } },
            ScriptedReply.FromString("Spent.") with { Usage = new() { TotalTokenCount = 7 } }), new ToolRegistry().Add(new Spender().AsTool()).Add(new Waster().AsTool()));
        Assert.Equal(1_514, (await Agent().RunAsync("Spend.", TestContext.Current.CancellationToken)).Tokens);

        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(Agent(), "Spend.", new() { Id = "s" }, TestContext.Current.CancellationToken);
        Assert.Equal(1_514, (await session.Result).Tokens);
        var child = await runtime.Store.FindAsync("s~1.0.0.1.Act", TestContext.Current.CancellationToken);
        Assert.Equal(("Spender", "s", SessionState.Completed), (child?.Agent, child?.Parent, child?.State));
    }

    private sealed class Runner : AgentToolRunner
    {
        public List<string> Runs { get; } = [];

        public override ValueTask<TResult> RunAsync<TSelf, TInput, TResult>(IAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken)
        {
            Runs.Add($"{agent.Definition.Name} {input}");
            return agent.RunAsync(input, options, cancellationToken);
        }

        public override ValueTask<TResult> RunDurableAsync<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, CancellationToken cancellationToken)
        {
            Runs.Add($"durable {agent.Definition.Name} {input}");
            return agent.RunAsync(input, options, cancellationToken);
        }
    }
}
