using System.IO.Compression;
using System.Runtime.InteropServices;

namespace AgentFlow.Package.Tests;

/// <summary>The package, as a new user meets it: an empty project, a folder feed, a build, a run, a mistake.</summary>
public sealed class PackageTests(Feed feed)
{
    private const string Run = """Console.WriteLine(await new Greeter().RunAsync("world"));""";

    private const string Program = """
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using AgentFlow;

        Console.WriteLine(await new Greeter().RunAsync("world"));

        [Agent]
        internal sealed partial class Greeter
        {
            [Action] private static Task<Name> Find([Input] string who, CancellationToken ct) => Task.FromResult(new Name(who));

            [Action, Retry(3)] private static async Task<Greeting> Compose(Name name)
            {
                await Task.Yield();
                return new("hello, " + name.Text);
            }

            [Action] private static string Shout(Greeting greeting) => greeting.Text + "!";
        }

        internal sealed record Name(string Text);

        internal sealed record Greeting(string Text);
        """;

    /// <summary>The agent in a session that is begun, and read by a second runtime.</summary>
    private const string Lives = """
        Console.WriteLine(await new Greeter().RunAsync("world"));
        for (var life = 1; life <= 2; life++)
        {
            await using var store = new FileSessionStore("sessions");
            await using var runtime = new AgentRuntime(store);
            var session = await runtime.StartOrResumeAsync(new Greeter(), "session", new() { Id = "s" });
            Console.WriteLine(await session.Result);
        }
        """;

    private static readonly string WithSessions = Program.Replace(Run, Lives, StringComparison.Ordinal);

    /// <summary>Tools of a user's own, and one that comes with the package.</summary>
    private const string Tools = """
        using System;
        using System.Collections.Generic;
        using System.ComponentModel.DataAnnotations;
        using System.Text.Json;
        using System.Threading;
        using System.Threading.Tasks;
        using AgentFlow;
        using AgentFlow.AI;
        using Microsoft.Extensions.AI;

        Console.WriteLine(await Call(Weather.ForecastTool, "{\"place\":{\"city\":\"Lyttelton\"},\"days\":2}"));
        try
        {
            await Call(Weather.ForecastTool, "{\"place\":{\"city\":\"Lyttelton\"},\"days\":15}");
        }
        catch (InvalidToolArgumentsException e)
        {
            Console.WriteLine(e.Problems[0]);
        }

        Console.WriteLine(await Call(Calculator.CalculateTool, "{\"expression\":\"6 * 7\"}"));

        static async Task<object?> Call(AIFunction tool, string json)
        {
            var arguments = new AIFunctionArguments();
            foreach (var property in JsonDocument.Parse(json).RootElement.EnumerateObject())
            {
                arguments.Add(property.Name, property.Value);
            }

            return await tool.InvokeAsync(arguments);
        }

        internal sealed record Place(string City);

        internal sealed record Forecast(string City, double[] Degrees);

        internal static partial class Weather
        {
            /// <summary>Tells the weather.</summary>
            /// <param name="place">Where.</param>
            /// <param name="days">How many days.</param>
            [Tool]
            internal static Task<Forecast> ForecastAsync(Place place, [Range(1, 14)] int days)
            {
                var degrees = new double[days];
                Array.Fill(degrees, 3);
                return Task.FromResult(new Forecast(place.City, degrees));
            }
        }
        """;

    /// <summary>An agent of the package's that reasons, over HTTP to a scripted model, in a session; and one of the user's own with a fake.</summary>
    private const string Reasoning = """
        using System;
        using System.IO.Pipelines;
        using System.Threading.Tasks;
        using AgentFlow;
        using AgentFlow.AI;
        using AgentFlow.Mcp;
        using AgentFlow.Testing;
        using ModelContextProtocol.Protocol;

        await using var server = ChatServer.Start(ScriptedReply.Call("calculator", "{\"expression\":\"6 * 7\"}"), "It is 42.");
        using var model = new OpenAIChatClient(new() { Model = "scripted", Endpoint = server.Endpoint });
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        var session = await runtime.StartAsync(new ReActAgent(model, new ToolRegistry().Add(Calculator.CalculateTool)), "What is 6 * 7?");
        Console.WriteLine((await session.Result).Text);
        Console.WriteLine(await Fake.Agent(new Greeter()).Returns("Find", "you").RunAsync("nobody"));

        var (asked, answered) = (new Pipe(), new Pipe());
        await using var tools = new McpToolServer(new ToolRegistry().Add(Calculator.CalculateTool));
        var serving = tools.RunAsync(asked.Reader.AsStream(), answered.Writer.AsStream());
        await using (var remote = await McpTools.ConnectAsync(new StreamClientTransport(asked.Writer.AsStream(), answered.Reader.AsStream())))
        {
            Console.WriteLine(await remote.Tools[0].InvokeAsync(new() { ["expression"] = "6 * 7" }));
        }

        [Agent]
        internal sealed partial class Greeter
        {
            [Action] private static Task<string> Find([Input] string who) => throw new InvalidOperationException(who);

            [Action] private static string Greet(string find) => "hello, " + find;
        }
        """;

    private static readonly string SessionsAndTools = Tools.Replace("static async Task<object?> Call", Lives + Environment.NewLine + Environment.NewLine + "static async Task<object?> Call", StringComparison.Ordinal) + Program[Program.IndexOf("[Agent]", StringComparison.Ordinal)..];

    private static readonly string Said = string.Join(Environment.NewLine, "hello, world!", "hello, session!", "hello, session!");

    [Fact]
    public void One_package_carries_run_time_generator_analyzers_and_fixes()
    {
        using var package = ZipFile.OpenRead(feed.PathOf("AgentFlow"));
        var files = package.Entries.Select(static e => e.FullName).ToHashSet();
        Assert.Superset(
            new HashSet<string> { "lib/net10.0/AgentFlow.dll", "lib/net10.0/AgentFlow.xml", "analyzers/dotnet/cs/AgentFlow.Generators.dll", "analyzers/dotnet/cs/AgentFlow.CodeFixes.dll", "build/AgentFlow.props", "buildTransitive/AgentFlow.props", "README.md" },
            files);
        using var reader = new StreamReader(package.GetEntry("AgentFlow.nuspec")!.Open());
        var dependencies = reader.ReadToEnd().Split("<dependency id=\"").Skip(1).Select(static d => d[..d.IndexOf('"', StringComparison.Ordinal)]);

        // What every host has, and nothing else.
        Assert.Subset(new HashSet<string> { "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions" }, dependencies.ToHashSet());
    }

    [Fact]
    public async Task An_empty_project_builds_without_a_warning_in_generated_code_and_runs()
    {
        var project = feed.CreateProject("consumer", WithSessions, "<AnalysisLevel>latest-all</AnalysisLevel><EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>");
        var build = await Dotnet.RunAsync(project, "build", "-v:q", "-nologo");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.DoesNotContain(".g.cs", build.Output, StringComparison.Ordinal);

        var run = await Dotnet.RunAsync(project, "run", "--no-build");
        Assert.Equal(Said, run.Output.Trim());
    }

    [Fact]
    public async Task A_cycle_is_one_error_and_nothing_else()
    {
        var error = await OnlyErrorAsync("cyclic", Program.Replace("Find([Input] string who, CancellationToken ct)", "Find([From(nameof(Shout))] string who, CancellationToken ct)", StringComparison.Ordinal)
            .Replace("RunAsync(\"world\")", "RunAsync()", StringComparison.Ordinal));
        Assert.Contains("error AF0106", error, StringComparison.Ordinal);
        Assert.Contains("→", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typo_in_an_agent_with_sessions_is_one_error_and_nothing_else()
    {
        var error = await OnlyErrorAsync("mistyped", WithSessions.Replace("[Action] private static string Shout", "[Action, DependsOn(\"Fidn\")] private static string Shout", StringComparison.Ordinal));
        Assert.Contains("error AF0101", error, StringComparison.Ordinal);
        Assert.Contains("'Find'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trimmed_publish_runs_sessions_and_calls_tools()
    {
        var project = feed.CreateProject("trimmed", SessionsAndTools, $"<RuntimeIdentifier>{RuntimeInformation.RuntimeIdentifier}</RuntimeIdentifier><PublishTrimmed>true</PublishTrimmed><SelfContained>true</SelfContained><TrimmerSingleWarn>false</TrimmerSingleWarn><JsonSerializerIsReflectionEnabledByDefault>false</JsonSerializerIsReflectionEnabledByDefault><WarningsAsErrors>$(WarningsAsErrors);IL2026;IL2067;IL2070;IL2075;IL3050</WarningsAsErrors>", "AgentFlow.AI");
        var publish = await Dotnet.RunAsync(project, "publish", "-v:q", "-nologo", "-o", "published");
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.DoesNotContain("warning IL", publish.Output, StringComparison.Ordinal);

        var published = Path.Combine(project, "published", OperatingSystem.IsWindows() ? "trimmed.exe" : "trimmed");
        var run = await Dotnet.StartAsync(published, project);
        Assert.Equal(
            string.Join(Environment.NewLine, """{"city":"Lyttelton","degrees":[3,3]}""", "$.days: expected an integer of at least 1 and at most 14, got 15", "42", Said),
            run.Output.Trim());
    }

    [Fact]
    public async Task Packages_that_think_test_and_speak_MCP_work_in_an_empty_project()
    {
        var project = feed.CreateProject("reasoning", Reasoning, "", "AgentFlow.Testing", "AgentFlow.Mcp");
        var build = await Dotnet.RunAsync(project, "build", "-v:q", "-nologo");
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.DoesNotContain("warning", build.Output, StringComparison.Ordinal);
        var run = await Dotnet.RunAsync(project, "run", "--no-build");
        Assert.Equal(string.Join(Environment.NewLine, "It is 42.", "hello, you", "42"), run.Output.Trim());
    }

    private async Task<string> OnlyErrorAsync(string name, string wrong)
    {
        var build = await Dotnet.RunAsync(feed.CreateProject(name, wrong), "build", "-v:q", "-nologo");
        Assert.NotEqual(0, build.ExitCode);
        return Assert.Single(build.Output.Split('\n').Where(static l => l.Contains(": error ", StringComparison.Ordinal)).Select(static l => l.Trim()).Distinct());
    }
}
