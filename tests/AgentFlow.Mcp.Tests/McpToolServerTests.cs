using System.IO.Pipelines;
using System.Threading.Channels;
using AgentFlow.Mcp.App;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp.Tests;

/// <summary>Our server, called by the client of the official SDK: in a process of its own over standard streams, and over HTTP in the revisions of 2025 and of 2026.</summary>
public sealed class McpToolServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string?> Ways => new() { { "stdio", null }, { "stdio", "2025-11-25" }, { "http", null }, { "http", "2025-11-25" }, { "http", "2025-06-18" } };

    [Theory, MemberData(nameof(Ways))]
    public async Task Tools_and_agents_are_listed_and_called(string way, string? version)
    {
        await using var server = await Served.StartAsync(way, "agentflow");
        await using var client = await ConnectAsync(server, version);
        Assert.Equal(version ?? "2026-07-28", client.NegotiatedProtocolVersion);
        var tools = await client.ListToolsAsync(cancellationToken: Ct);
        Assert.Equal(["ask", "day", "die", "echo", "fail", "refuse", "sleep", "step", "write"], tools.Select(static tool => tool.Name).Order(StringComparer.Ordinal));
        var day = tools.Single(static tool => tool.Name == "day");
        Assert.Equal("Names a day of the week.", day.Description);
        Assert.Equal(7, day.JsonSchema.GetProperty("properties").GetProperty("number").GetProperty("maximum").GetInt32());
        Assert.True(day.ProtocolTool.Annotations!.ReadOnlyHint);
        Assert.False(tools.Single(static tool => tool.Name == "fail").ProtocolTool.Annotations!.ReadOnlyHint);

        Assert.Equal("echo hello", TextOf(await client.CallToolAsync("echo", new Dictionary<string, object?> { ["text"] = "hello" }, cancellationToken: Ct)));
        var friday = await client.CallToolAsync("day", new Dictionary<string, object?> { ["number"] = 5 }, cancellationToken: Ct);
        Assert.Equal("Friday", friday.StructuredContent!.Value.GetProperty("name").GetString());
        var text = await client.CallToolAsync("write", new Dictionary<string, object?> { ["topic"] = "cats" }, cancellationToken: Ct);
        Assert.Equal("3 words about cats, drafted, polished", text.StructuredContent!.Value.GetProperty("words").GetString());
        Assert.Null(text.Meta?[McpToolServer.SessionMetadata]);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task What_is_wrong_comes_back_as_an_error_that_a_model_can_correct_and_holds_no_secret(string way, string? version)
    {
        await using var server = await Served.StartAsync(way, "agentflow");
        await using var client = await ConnectAsync(server, version);
        Assert.Contains("number", await FailAsync("day", ("number", 8)), StringComparison.Ordinal);
        Assert.Contains("topic", await FailAsync("write", ("theme", "cats")), StringComparison.Ordinal);
        Assert.Contains("'echo'", await FailAsync("eco", ("text", "x")), StringComparison.Ordinal);
        Assert.Contains("Ask for the blue one.", await FailAsync("refuse"), StringComparison.Ordinal);
        var failed = await FailAsync("fail", ("password", "hunter2"));
        Assert.Contains("InvalidOperationException", failed, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failed, StringComparison.Ordinal);
        Assert.StartsWith("Error: There is no tool 'erase'", await FailAsync("erase", ("what", "all")), StringComparison.Ordinal);

        async Task<string> FailAsync(string tool, params (string Name, object? Value)[] arguments)
        {
            var result = await client.CallToolAsync(tool, arguments.ToDictionary(static a => a.Name, static a => a.Value), cancellationToken: Ct);
            Assert.True(result.IsError);
            return TextOf(result);
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task An_agent_tells_how_far_it_has_come(string way, string? version)
    {
        await using var server = await Served.StartAsync(way, "agentflow");
        await using var client = await ConnectAsync(server, version);
        var folder = Directory.CreateTempSubdirectory("mcp-step").FullName;
        try
        {
            // The client's own dispatch keeps no order; so the second step waits until the first was told.
            var go = Path.Combine(folder, "go");
            var notes = new Notes();
            var calling = client.CallToolAsync("step", new Dictionary<string, object?> { ["go"] = go }, notes, cancellationToken: Ct).AsTask();
            Assert.Equal("1/2 First completed", await notes.NextAsync());
            Assert.False(calling.IsCompleted);
            await File.WriteAllTextAsync(go, "", Ct);
            Assert.Equal("two steps", TextOf(await calling));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Progress_is_told_in_order_and_before_the_answer()
    {
        await using var hosted = await Hosted.StartAsync();
        using var lines = hosted.Lines();
        await lines.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
        Assert.Equal(1, (await lines.ReadAsync()).GetProperty("id").GetInt32());
        await lines.SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await lines.SendAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"write","arguments":{"topic":"cats"},"_meta":{"progressToken":"p"}}}""");
        foreach (var (progress, message) in new[] { (1, "Collect completed"), (2, "Draft completed"), (3, "Polish completed") })
        {
            var note = (await lines.ReadAsync()).GetProperty("params");
            Assert.Equal(("p", progress, 3, message), (note.GetProperty("progressToken").GetString(), note.GetProperty("progress").GetInt32(), note.GetProperty("total").GetInt32(), note.GetProperty("message").GetString()));
        }

        Assert.Equal(2, (await lines.ReadAsync()).GetProperty("id").GetInt32());
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Calls_run_side_by_side(string way, string? version)
    {
        await using var server = await Served.StartAsync(way, "agentflow");
        await using var client = await ConnectAsync(server, version);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i => TextOf(await client.CallToolAsync("echo", new Dictionary<string, object?> { ["text"] = $"{i}" }, cancellationToken: Ct))));
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => $"echo {i}"), answers);
    }

    [Theory, InlineData("stdio"), InlineData("http")]
    public async Task Our_client_cancels_a_run_of_our_server(string way)
    {
        await using var server = await Served.StartAsync(way, "agentflow");
        await using var tools = await McpTools.ConnectAsync(server.Transport, new() { Approval = McpApproval.Never }, Ct);
        var folder = Directory.CreateTempSubdirectory("mcp-sleep").FullName;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var sleeping = tools.Tools.Single(static tool => tool.Name == "sleep").InvokeAsync(new() { ["started"] = Path.Combine(folder, "s"), ["cancelled"] = Path.Combine(folder, "c") }, stop.Token).AsTask();
            await await Task.WhenAny(sleeping, Files.IsThereAsync(Path.Combine(folder, "s"), Ct));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping);
            await Files.IsThereAsync(Path.Combine(folder, "c"), Ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task With_a_runtime_an_agent_runs_in_a_session(bool http)
    {
        var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await using var hosted = await Hosted.StartAsync(new() { Runtime = runtime });
        await using var client = await McpClient.CreateAsync(http ? hosted.Http() : hosted.Pipe(out _), cancellationToken: Ct);
        var result = await client.CallToolAsync("write", new Dictionary<string, object?> { ["topic"] = "cats" }, cancellationToken: Ct);
        Assert.Equal("3 words about cats, drafted, polished", result.StructuredContent!.Value.GetProperty("words").GetString());
        var id = result.Meta![McpToolServer.SessionMetadata]!.GetValue<string>();
        Assert.Contains(result.Content.OfType<TextContentBlock>(), block => block.Text == $"Session: {id}");
        Assert.Equal(SessionState.Completed, (await store.FindAsync(id, Ct))!.State);

        var asked = await client.CallToolAsync("ask", new Dictionary<string, object?> { ["question"] = "Really" }, cancellationToken: Ct);
        Assert.True(asked.IsError);
        var waiting = asked.Meta![McpToolServer.SessionMetadata]!.GetValue<string>();
        Assert.Contains($"'{waiting}' is suspended", TextOf(asked), StringComparison.Ordinal);
        Assert.Equal(SessionState.Suspended, (await store.FindAsync(waiting, Ct))!.State);
    }

    [Fact]
    public async Task A_session_tells_how_far_it_has_come()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        await using var hosted = await Hosted.StartAsync(new() { Runtime = runtime });
        await using var client = await McpClient.CreateAsync(hosted.Http(), cancellationToken: Ct);
        var folder = Directory.CreateTempSubdirectory("mcp-session-step").FullName;
        try
        {
            var go = Path.Combine(folder, "go");
            var notes = new Notes();
            var calling = client.CallToolAsync("step", new Dictionary<string, object?> { ["go"] = go }, notes, cancellationToken: Ct).AsTask();
            Assert.Equal("1/2 First completed", await notes.NextAsync());
            await File.WriteAllTextAsync(go, "", Ct);
            Assert.StartsWith("two steps", TextOf(await calling), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_session_whose_call_is_cancelled_is_cancelled()
    {
        var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await using var hosted = await Hosted.StartAsync(new() { Runtime = runtime });
        await using var tools = await McpTools.ConnectAsync(hosted.Http(), new() { Approval = McpApproval.Never }, Ct);
        var folder = Directory.CreateTempSubdirectory("mcp-session").FullName;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var sleeping = tools.Tools.Single(static tool => tool.Name == "sleep").InvokeAsync(new() { ["started"] = Path.Combine(folder, "s"), ["cancelled"] = Path.Combine(folder, "c") }, stop.Token).AsTask();
            await await Task.WhenAny(sleeping, Files.IsThereAsync(Path.Combine(folder, "s"), Ct));
            await stop.CancelAsync();
            await Files.IsThereAsync(Path.Combine(folder, "c"), Ct);
            var session = Assert.Single(await store.ListAsync(new(), Ct));
            var handle = await runtime.ResumeAsync(new Sleeper(), session.Id, Ct);
            Assert.Equal(SessionState.Cancelled, await handle.WaitAsync(Ct));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_tool_that_needs_an_approval_is_served_to_whom_the_program_says()
    {
        await using var hosted = await Hosted.StartAsync(new()
        {
            Approve = static (request, call, _) => new(call.Arguments!["what"]!.ToString() == "notes" ? request.Grant() : request.Deny("Not that.")),
        });
        await using var client = await McpClient.CreateAsync(hosted.Pipe(out _), cancellationToken: Ct);
        Assert.Contains(await client.ListToolsAsync(cancellationToken: Ct), static tool => tool.Name == "erase");
        Assert.Equal("erased notes", TextOf(await client.CallToolAsync("erase", new Dictionary<string, object?> { ["what"] = "notes" }, cancellationToken: Ct)));
        var denied = await client.CallToolAsync("erase", new Dictionary<string, object?> { ["what"] = "all" }, cancellationToken: Ct);
        Assert.True(denied.IsError);
        Assert.Contains("Not that.", TextOf(denied), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_calls_than_may_run_wait()
    {
        await using var hosted = await Hosted.StartAsync(new() { MaxConcurrentCalls = 1 });
        await using var client = await McpClient.CreateAsync(hosted.Pipe(out _), cancellationToken: Ct);
        var folder = Directory.CreateTempSubdirectory("mcp-slots").FullName;
        try
        {
            var go = Path.Combine(folder, "go");
            var notes = new Notes();
            var stepping = client.CallToolAsync("step", new Dictionary<string, object?> { ["go"] = go }, notes, cancellationToken: Ct).AsTask();
            await notes.NextAsync();
            var echoing = client.CallToolAsync("echo", new Dictionary<string, object?> { ["text"] = "x" }, cancellationToken: Ct).AsTask();

            // Lists are no calls; by the time that one is answered the echo would have been.
            await client.ListToolsAsync(cancellationToken: Ct);
            Assert.False(echoing.IsCompleted);
            await File.WriteAllTextAsync(go, "", Ct);
            Assert.Equal("two steps", TextOf(await stepping));
            Assert.Equal("echo x", TextOf(await echoing));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_cancelled_and_the_client_told()
    {
        await using var hosted = await Hosted.StartAsync(new() { CallTimeout = TimeSpan.FromSeconds(2) });
        await using var client = await McpClient.CreateAsync(hosted.Http(), cancellationToken: Ct);
        var folder = Directory.CreateTempSubdirectory("mcp-late").FullName;
        try
        {
            var result = await client.CallToolAsync("sleep", new Dictionary<string, object?> { ["started"] = Path.Combine(folder, "s"), ["cancelled"] = Path.Combine(folder, "c") }, cancellationToken: Ct);
            Assert.True(result.IsError);
            Assert.Contains("longer than 2 s", TextOf(result), StringComparison.Ordinal);
            await Files.IsThereAsync(Path.Combine(folder, "c"), Ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_server_says_who_it_is_and_how_it_is_used()
    {
        await using var hosted = await Hosted.StartAsync(new() { Name = "desk", Version = "3.2.1", Instructions = "Be brief." });
        foreach (var version in new[] { null, "2025-11-25" })
        {
            await using var client = await McpClient.CreateAsync(hosted.Http(), new() { ProtocolVersion = version }, cancellationToken: Ct);
            Assert.Equal(("desk", "3.2.1", "Be brief."), (client.ServerInfo!.Name, client.ServerInfo.Version, client.ServerInstructions));
        }
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_connection_and_only_that()
    {
        await using var hosted = await Hosted.StartAsync(new() { MaxMessageBytes = 4096, MaxResultLength = 64 });
        await using var client = await McpClient.CreateAsync(hosted.Pipe(out var running), cancellationToken: Ct);
        var cut = TextOf(await client.CallToolAsync("echo", new Dictionary<string, object?> { ["text"] = new string('x', 3000) }, cancellationToken: Ct));
        Assert.Equal(64, cut.Length);
        await Assert.ThrowsAnyAsync<Exception>(async () => await client.CallToolAsync("echo", new Dictionary<string, object?> { ["text"] = new string('x', 5000) }, cancellationToken: Ct));
        await Assert.ThrowsAsync<InvalidDataException>(() => running.WaitAsync(Patience, Ct));
        await using var next = await McpClient.CreateAsync(hosted.Pipe(out _), cancellationToken: Ct);
        Assert.Equal("echo x", TextOf(await next.CallToolAsync("echo", new Dictionary<string, object?> { ["text"] = "x" }, cancellationToken: Ct)));
    }

    [Fact]
    public async Task Serving_ends_when_it_is_told_to_even_if_the_input_does_not_listen()
    {
        await using var server = Desk.Serve();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var (toServer, toClient) = (new Pipe(), new Pipe());
        var running = server.RunAsync(new DeafStream(toServer.Reader.AsStream()), toClient.Writer.AsStream(), stop.Token);
        await using (var client = await McpClient.CreateAsync(new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream()), cancellationToken: Ct))
        {
            Assert.False(running.IsCompleted);
            await stop.CancelAsync();
            await running.WaitAsync(Patience, Ct);
        }
    }

    private static Task<McpClient> ConnectAsync(Served server, string? version) => McpClient.CreateAsync(server.Transport, new() { ProtocolVersion = version }, cancellationToken: Ct);

    private static string TextOf(CallToolResult result) => string.Join('\n', result.Content.OfType<TextContentBlock>().Select(static block => block.Text));

    /// <summary>Progress as it comes.</summary>
    private sealed class Notes : IProgress<ProgressNotificationValue>
    {
        private readonly Channel<string> _notes = Channel.CreateUnbounded<string>();

        public void Report(ProgressNotificationValue value) => _notes.Writer.TryWrite($"{value.Progress}/{value.Total} {value.Message}");

        public async Task<string> NextAsync() => await _notes.Reader.ReadAsync(Ct).AsTask().WaitAsync(Patience, Ct);
    }
}
