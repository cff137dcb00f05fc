using System.Text.Json;
using AgentFlow.AI;
using AgentFlow.Mcp.App;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp.Tests;

/// <summary>Tools of servers that are made with the official SDK, over the standard streams of a child process and over HTTP.</summary>
public sealed class McpToolsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways => ["stdio", "http"];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_servers_tools_are_functions_with_its_schemas(string way)
    {
        await using var server = await Served.StartAsync(way);
        await using var tools = await McpTools.ConnectAsync(server.Transport, new() { Prefix = "sdk_" }, Ct);
        var echo = tools.Tools.Single(static tool => tool.Name == "sdk_echo");
        Assert.Equal("Says it again.", echo.Description);
        await using var plain = await McpClient.CreateAsync(server.Transport, cancellationToken: Ct);
        foreach (var tool in await plain.ListToolsAsync(cancellationToken: Ct))
        {
            var ours = tools.Tools.Single(t => t.Name == McpToolNameOf(tool.Name));
            Assert.True(JsonElement.DeepEquals(tool.JsonSchema, ours.JsonSchema));
            Assert.Equal(tool.ReturnJsonSchema?.GetRawText(), ours.ReturnJsonSchema?.GetRawText());
        }

        Assert.Equal("echo hello", await CallAsync(echo, ("text", "hello")));
        var sum = (JsonElement)(await CallAsync(tools.Tools.Single(static tool => tool.Name == "sdk_add"), ("a", 2), ("b", 40)))!;
        Assert.Equal(42, sum.GetProperty("value").GetInt32());
        Assert.Equal("[image/png, not shown]", await CallAsync(tools.Tools.Single(static tool => tool.Name == "sdk_draw")));

        static string McpToolNameOf(string name) => name == "wait.for.ever" ? "sdk_wait_for_ever_" + HashOf(name) : "sdk_" + name;
        static string HashOf(string name) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..8];
    }

    [Fact]
    public async Task What_the_server_says_of_a_tool_decides_on_its_effect_and_approval()
    {
        await using var server = await Served.StartAsync("stdio");
        await using var tools = await McpTools.ConnectAsync(server.Transport, cancellationToken: Ct);
        var facts = tools.Tools.ToDictionary(static tool => tool.Name, static tool => (ToolFacts.EffectOf(tool), ToolFacts.NeedsApproval(tool)));
        Assert.Equal((Effect.None, false), facts["echo"]);
        Assert.Equal((Effect.AtMostOnce, true), facts["die"]);
        Assert.Equal((Effect.AtMostOnce, false), facts["learn"]);
        Assert.Equal((Effect.AtLeastOnce, false), facts.Single(static fact => fact.Key.StartsWith("wait_for_ever", StringComparison.Ordinal)).Value);
        await using var always = await McpTools.ConnectAsync(server.Transport, new() { Approval = McpApproval.Always }, Ct);
        Assert.All(always.Tools, static tool => Assert.True(ToolFacts.NeedsApproval(tool)));
        await using var never = await McpTools.ConnectAsync(server.Transport, new() { Approval = McpApproval.Never }, Ct);
        Assert.All(never.Tools, static tool => Assert.False(ToolFacts.NeedsApproval(tool)));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_failure_is_told_to_the_model_in_the_servers_words(string way)
    {
        await using var server = await Served.StartAsync(way);
        await using var tools = await McpTools.ConnectAsync(server.Transport, cancellationToken: Ct);
        var registry = new ToolRegistry();
        tools.AddTo(registry);
        var invoker = new ToolInvoker(registry);
        var failed = await invoker.InvokeAsync(new("1", "fail", new Dictionary<string, object?> { ["why"] = "the moon is full" }), cancellationToken: Ct);
        Assert.Contains("the moon is full", (string)failed.Result!, StringComparison.Ordinal);
        Assert.StartsWith("Error:", (string)failed.Result!, StringComparison.Ordinal);
        Assert.IsType<ToolErrorException>(failed.Exception);
        var invalid = await invoker.InvokeAsync(new("2", "add", new Dictionary<string, object?> { ["a"] = "two" }), cancellationToken: Ct);
        Assert.StartsWith("Error:", (string)invalid.Result!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_is_cut_off_where_it_is_too_long()
    {
        await using var server = await Served.StartAsync("stdio");
        await using var tools = await McpTools.ConnectAsync(server.Transport, new() { MaxResultLength = 100 }, Ct);
        var result = (string)(await CallAsync(Find(tools, "big"), ("length", 100_000)))!;
        Assert.Equal(100, result.Length);
        Assert.EndsWith("… [cut off: 100000 characters]", result, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => McpTools.ConnectAsync(server.Transport, new() { MaxTools = 3 }, Ct));
        await Assert.ThrowsAsync<InvalidDataException>(() => McpTools.ConnectAsync(server.Transport, new() { MaxToolLength = 20 }, Ct));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Calls_run_side_by_side(string way)
    {
        await using var server = await Served.StartAsync(way);
        await using var tools = await McpTools.ConnectAsync(server.Transport, cancellationToken: Ct);
        var echo = Find(tools, "echo");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => CallAsync(echo, ("text", $"{i}"))));
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => (object?)$"echo {i}"), answers);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_call_is_cancelled_at_the_server_by_the_caller_and_by_the_time_out(string way)
    {
        await using var server = await Served.StartAsync(way);
        var folder = Directory.CreateTempSubdirectory("mcp-wait").FullName;
        try
        {
            await using var patient = await McpTools.ConnectAsync(server.Transport, cancellationToken: Ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var waiting = CallAsync(Find(patient, "wait_for_ever"), stop.Token, ("started", Path.Combine(folder, "s1")), ("cancelled", Path.Combine(folder, "c1")));
            await await Task.WhenAny(waiting, Files.IsThereAsync(Path.Combine(folder, "s1"), Ct));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            await Files.IsThereAsync(Path.Combine(folder, "c1"), Ct);

            await using var hasty = await McpTools.ConnectAsync(server.Transport, new() { CallTimeout = TimeSpan.FromSeconds(3) }, Ct);
            var error = await Assert.ThrowsAsync<TimeoutException>(() => CallAsync(Find(hasty, "wait_for_ever"), ("started", Path.Combine(folder, "s2")), ("cancelled", Path.Combine(folder, "c2"))));
            Assert.Contains("wait.for.ever", error.Message, StringComparison.Ordinal);
            await Files.IsThereAsync(Path.Combine(folder, "c2"), Ct);
            Assert.Equal("echo still there", await CallAsync(Find(hasty, "echo"), ("text", "still there")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, InlineData("stdio", "sdk"), InlineData("http", "sdk"), InlineData("stdio", "agentflow"), InlineData("http", "agentflow")]
    public async Task A_server_that_dies_in_a_call_is_a_typed_error_and_the_next_call_connects_again(string way, string made)
    {
        await using var server = await Served.StartAsync(way, made);
        await using var tools = await McpTools.ConnectAsync(server.Transport, new() { Approval = McpApproval.Never }, Ct);
        var error = await Assert.ThrowsAsync<McpConnectionException>(() => CallAsync(Find(tools, "die")));
        Assert.Equal(("die", server.Transport.Name), (error.Tool, error.Server));
        if (way == "http")
        {
            var down = await Assert.ThrowsAsync<McpConnectionException>(() => CallAsync(Find(tools, "echo"), ("text", "anybody?")));
            Assert.Null(down.Tool);
        }

        await server.RestartAsync();
        Assert.Equal("echo again", await CallAsync(Find(tools, "echo"), ("text", "again")));
        Assert.Equal("echo and again", await CallAsync(Find(tools, "echo"), ("text", "and again")));
    }

    [Fact]
    public async Task A_server_that_was_started_anew_between_calls_is_not_noticed()
    {
        await using var server = await Served.StartAsync("http");
        await using var tools = await McpTools.ConnectAsync(server.Transport, cancellationToken: Ct);
        Assert.Equal("echo 1", await CallAsync(Find(tools, "echo"), ("text", "1")));
        await server.KillAsync();
        await server.RestartAsync();
        Assert.Equal("echo 2", await CallAsync(Find(tools, "echo"), ("text", "2")));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Tools_that_come_and_go_come_and_go_in_the_registry(string way)
    {
        await using var server = await Served.StartAsync(way);
        var registry = new ToolRegistry().Add(AIFunctionFactory.Create(static () => "mine", "taken"));
        var tools = await McpTools.ConnectAsync(server.Transport, new() { OnRefreshFailed = static e => Assert.Fail(e.ToString()) }, Ct);
        tools.AddTo(registry);
        await ChangeAsync("learn", "sing");
        Assert.True(registry.TryFind("sing", out var sing));
        Assert.Equal("I am sing", await CallAsync(sing));
        await ChangeAsync("learn", "taken");
        await ChangeAsync("forget", "sing");
        Assert.False(registry.TryFind("sing", out _));
        Assert.True(registry.TryFind("taken", out var taken));
        Assert.Equal("mine", (await CallAsync(taken))?.ToString());
        await tools.DisposeAsync();
        Assert.Equal("taken", Assert.Single(registry.Tools).Name);

        async Task ChangeAsync(string how, string name)
        {
            var changed = new TaskCompletionSource();
            void OnChanged(object? sender, EventArgs e) => changed.TrySetResult();
            tools.Changed += OnChanged;
            await CallAsync(Find(tools, how), ("name", name));
            await changed.Task.WaitAsync(Patience, Ct);
            tools.Changed -= OnChanged;
        }
    }

    [Fact]
    public async Task Tools_that_cannot_be_read_again_are_told_and_none_is_called_that_may_have_changed()
    {
        await using var server = await Served.StartAsync("stdio");
        var failed = new TaskCompletionSource<Exception>();
        await using var tools = await McpTools.ConnectAsync(server.Transport, new() { MaxTools = 10, OnRefreshFailed = e => failed.TrySetResult(e) }, Ct);
        await CallAsync(Find(tools, "learn"), ("name", "one_too_many"));
        Assert.IsType<InvalidDataException>(await failed.Task.WaitAsync(Patience, Ct));
        Assert.Equal(10, tools.Tools.Count);
        var error = await Assert.ThrowsAsync<ToolErrorException>(() => CallAsync(Find(tools, "echo"), ("text", "still")));
        Assert.Contains("was not called", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxTools", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        var silent = new StdioClientTransport(new() { Name = "silent", Command = "sleep", Arguments = ["1000"], ShutdownTimeout = TimeSpan.FromMilliseconds(100) });
        var error = await Assert.ThrowsAsync<McpConnectionException>(() => McpTools.ConnectAsync(silent, new() { ConnectTimeout = TimeSpan.FromMilliseconds(500) }, Ct));
        Assert.Contains("'silent'", error.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectTimeout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_an_error_and_nothing_is_added()
    {
        await using var server = await Served.StartAsync("stdio");
        await using var tools = await McpTools.ConnectAsync(server.Transport, cancellationToken: Ct);
        var registry = new ToolRegistry().Add(AIFunctionFactory.Create(static () => "mine", "fail"));
        Assert.Contains("Prefix", Assert.Throws<ArgumentException>(() => tools.AddTo(registry)).Message, StringComparison.Ordinal);
        Assert.Single(registry.Tools);
        Assert.Throws<ArgumentException>(static () => new McpToolsOptions { Prefix = "a b" });
    }

    [Fact]
    public async Task Progress_of_the_server_is_progress_of_the_action()
    {
        await using var server = await Served.StartAsync("stdio");
        await using var tools = await McpTools.ConnectAsync(server.Transport, cancellationToken: Ct);
        var folder = Directory.CreateTempSubdirectory("mcp-climb").FullName;
        try
        {
            var go = Path.Combine(folder, "go");
            var notes = new List<AgentEvent>();
            await foreach (var e in new Climber(Find(tools, "climb")).StreamAsync(5, go, Ct))
            {
                if (e.Kind == AgentEventKind.Progress)
                {
                    notes.Add(e);
                    await File.WriteAllTextAsync(go, "", Ct);
                }
            }

            // Of those that come all at once some are left out; none goes back.
            Assert.Equal("step 1", notes[0].Message);
            Assert.Equal(notes.OrderBy(static note => note.Progress), notes);
            Assert.All(notes, static note => Assert.Equal($"step {Math.Round(note.Progress!.Value * 5)}", note.Message));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task No_server_is_a_typed_error()
    {
        await Assert.ThrowsAsync<McpConnectionException>(static () => McpTools.ConnectAsync(Servers.Http(Servers.Endpoint(Servers.FreePort())), cancellationToken: Ct));
        await Assert.ThrowsAsync<McpConnectionException>(static () => McpTools.ConnectAsync(new StdioClientTransport(new() { Name = "gone", Command = "dotnet", Arguments = [typeof(SdkServer).Assembly.Location, "none"] }), cancellationToken: Ct));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => McpTools.ConnectAsync(Servers.Stdio("sdk-stdio"), cancellationToken: cancelled.Token));
    }

    private static AIFunction Find(McpTools tools, string name) => tools.Tools.Single(tool => tool.Name.StartsWith(name, StringComparison.Ordinal));

    private static Task<object?> CallAsync(AIFunction tool, params (string Name, object? Value)[] arguments) => CallAsync(tool, Ct, arguments);

    private static async Task<object?> CallAsync(AIFunction tool, CancellationToken cancellationToken, params (string Name, object? Value)[] arguments) =>
        await tool.InvokeAsync(new(arguments.ToDictionary(static a => a.Name, static a => a.Value)), cancellationToken);
}

/// <summary>Calls a tool of a server in an action.</summary>
[Agent]
public sealed partial class Climber(AIFunction tool)
{
    private readonly AIFunction _tool = tool;

    [Action]
    private async Task<string> Climb([Input] int steps, [Input] string go, ActionContext context, CancellationToken cancellationToken)
    {
        var invoker = new ToolInvoker(new ToolRegistry().Add(_tool));
        var result = await invoker.InvokeAsync(new("1", _tool.Name, new Dictionary<string, object?> { ["steps"] = steps, ["go"] = go }), new() { ActionContext = context }, cancellationToken);
        return result.Result!.ToString()!;
    }
}
