using System.Diagnostics;
using System.Text.Json;
using AgentFlow.Crash;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Patterns;

/// <summary>
/// Every pattern in a process of its own, over real HTTP and SQLite, killed with SIGKILL while the model is asked for the n-th time, for every n; another process goes on. What was recorded
/// of models and tools is not asked for again.
/// </summary>
public sealed class KilledThinkingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Patterns => [.. Thinking.Patterns];

    [Theory]
    [MemberData(nameof(Patterns))]
    public async Task Killed_while_it_thinks_it_goes_on_without_asking_again(string pattern)
    {
        string expected;
        Dictionary<string, int> undisturbed;
        using (var folder = new Folder())
        {
            await using var server = ChatServer.Start(request => Answer(pattern, request));
            expected = await Thinking.RunAsync(pattern, folder.Path, server.Endpoint).WaitAsync(Patience, Ct);
            undisturbed = Count(server);
            Assert.Equal(Notes(pattern), folder.Lines("notes.txt").Order());
        }

        var requests = undisturbed.Values.Sum();
        Assert.True(requests >= 2, $"{requests} requests");
        for (var n = 1; n <= requests; n++)
        {
            using var folder = new Folder();
            var asked = 0;
            var held = new TaskCompletionSource();
            await using var server = ChatServer.Start(request => Interlocked.Increment(ref asked) == n ? Answer(pattern, request) with { Gate = held.Task } : Answer(pattern, request));
            try
            {
                await KillAsync(pattern, folder.Path, server, n);
            }
            finally
            {
                held.SetResult();
            }

            // What was on its way when it was killed is asked again; nothing else is.
            var lost = server.Chats.Count;
            var result = await Thinking.RunAsync(pattern, folder.Path, server.Endpoint).WaitAsync(Patience, Ct);
            Assert.Equal(expected, result);
            var repeated = Count(server).Sum(request => request.Value - undisturbed.GetValueOrDefault(request.Key));
            Assert.True(Count(server).Keys.All(undisturbed.ContainsKey), "It has asked for something else.");
            Assert.InRange(repeated, 1, pattern is "decomposition" or "events" ? 2 : 1);
            Assert.True(lost >= n);
            Assert.Equal(Notes(pattern), folder.Lines("notes.txt").Order());
        }
    }

    private static string[] Notes(string pattern) => pattern switch
    {
        "react" => ["one", "two"],
        "plan" => ["first"],
        "planning" => ["s/1/Act/0 b c", "s/2/Act/0 a b"],
        _ => [],
    };

    private static Dictionary<string, int> Count(ChatServer server) =>
        server.Chats.GroupBy(static chat => JsonSerializer.Serialize(chat.Messages, AIJsonUtilities.DefaultOptions)).ToDictionary(static g => g.Key, static g => g.Count());

    /// <summary>What the model says to what it is shown, and nothing else: it does not count.</summary>
    private static ScriptedReply Answer(string pattern, ScriptedRequest request)
    {
        var system = request.Messages[0].Text;
        var results = request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Count();
        return pattern switch
        {
            "react" => results switch
            {
                0 => ScriptedReply.Calls(new ScriptedToolCall("Note", """{"text":"one"}""", "c1")),
                1 => ScriptedReply.Calls(new ScriptedToolCall("Note", """{"text":"two"}""", "c2"), new ScriptedToolCall("Fail", "{}", "c3")),
                _ => "noted both",
            },
            "refinement" when system.StartsWith("Judge", StringComparison.Ordinal) => request.Text.EndsWith("better", StringComparison.Ordinal) ? """{"score":0.9,"problems":[],"advice":""}""" : """{"score":0.2,"problems":["bad"],"advice":"do better"}""",
            "refinement" => request.Text.Contains("do better", StringComparison.Ordinal) ? "better" : "bad",
            "reflexion" when system.StartsWith("An attempt", StringComparison.Ordinal) => "turn right",
            "reflexion" => system.Contains("turn right", StringComparison.Ordinal) ? "right" : "left",
            "chain" => request.Text.Contains("was not sure", StringComparison.Ordinal) ? """{"steps":["b"],"answer":"sure","confidence":0.9}""" : """{"steps":["a"],"answer":"unsure","confidence":0.1}""",
            "decomposition" when system.StartsWith("If the task", StringComparison.Ordinal) => request.Text == "whole" ? """{"subtasks":["left","right"]}""" : """{"subtasks":[]}""",
            "decomposition" => system.StartsWith("Do the task", StringComparison.Ordinal) ? $"done {request.Text}" : "joined",
            "plan" when system.StartsWith("Make a plan", StringComparison.Ordinal) => request.Messages.Count > 2
                ? """{"actions":[{"name":"write","type":"llm","target":"writer","parameters":{"prompt":"say it again","input":"$made"}}]}"""
                : """{"actions":[{"name":"note","target":"Note","parameters":{"text":"first"},"output_key":"made"},{"name":"break","target":"Fail","depends_on":["note"]}]}""",
            "goals" => request.Text switch
            {
                "buy with: " => "flour",
                "bake with: flour" => "a recipe first",
                "find a recipe with: flour" => "200 degrees",
                var asked => asked.Replace("bake with:", "bread of", StringComparison.Ordinal),
            },
            "reactive" => system.StartsWith("Classify", StringComparison.Ordinal) ? "work" : "done",
            "events" => $"seen-{request.Text}",
            _ => "written",
        };
    }

    /// <summary>Starts a process, and kills it when it has asked the model so often.</summary>
    private static async Task KillAsync(string pattern, string folder, ChatServer server, int requests)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Thinking).Assembly.Location, "think", pattern, folder, server.Endpoint.ToString()])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Ct);
        try
        {
            var asked = server.WhenRequestedAsync(requests, Ct);
            await Task.WhenAny(asked, process.WaitForExitAsync(Ct), Task.Delay(TimeSpan.FromMinutes(3), Ct));
            if (!asked.IsCompleted)
            {
                var isOver = process.HasExited;
                process.Kill();
                var when = isOver ? "when it ended" : "after three minutes";
                Assert.Fail($"It had asked {server.Chats.Count} times, not {requests}, {when}: {await errors}");
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Equal(137, process.ExitCode);
    }

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("agentflow-thinking-").FullName;

        public string[] Lines(string file) => File.Exists(System.IO.Path.Combine(Path, file)) ? File.ReadAllLines(System.IO.Path.Combine(Path, file)) : [];

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
