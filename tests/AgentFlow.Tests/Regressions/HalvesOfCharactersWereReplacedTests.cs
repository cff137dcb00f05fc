using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>Half of a character, one of a pair of surrogates without the other, came back from a session as U+FFFD: what was recorded was not what an action had made, and nobody said so.</summary>
public sealed class HalvesOfCharactersWereReplacedTests
{
    private const string Half = "a\ud800b";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text")]
    [InlineData("character")]
    [InlineData("key")]
    [InlineData("json")]
    public async Task What_an_action_makes_is_refused(string where)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new MakesText(), where, cancellationToken: Ct);
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsType<UnrecordableValueException>(error.InnerException);
        Assert.Equal(SessionState.Failed, (await session.GetInfoAsync(Ct)).State);
    }

    [Fact]
    public async Task So_is_an_input()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        await Assert.ThrowsAsync<UnrecordableValueException>(async () => await runtime.StartAsync(new MakesText(), Half, new() { Id = "s" }, Ct));
        Assert.Null(await store.FindAsync("s", Ct));
    }

    [Theory]
    [InlineData("whole")]
    [InlineData("replaced")]
    public async Task Whole_characters_come_back(string which)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new MakesText(), which, new() { Id = "s" }, Ct);
        var made = await session.Result;
        Assert.Equal(which == "whole" ? "a\ud83d\ude00\"<é" : "\ufffd", made.Text);
        await using var another = new AgentRuntime(store);
        Assert.Equal(made.Text, (await (await another.ResumeAsync(new MakesText(), "s", Ct)).Result).Text);
    }

    [Fact]
    public async Task Names_that_a_store_would_alter_are_refused()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var refused = await Assert.ThrowsAsync<UnrecordableValueException>(async () =>
            await runtime.StartAsync(new MakesText(), "whole", new() { Id = "m", Mode = "a\ud800b" }, Ct));
        Assert.Contains("mode", refused.Message, StringComparison.Ordinal);
        var session = await runtime.StartAsync(new MakesText(), "whole", new() { Id = "s" }, Ct);
        await session.Result;
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.CheckpointAsync("a\ud800b", Ct));
        await session.CheckpointAsync("a\ud83d\ude00b", Ct);
    }

    [Fact]
    public async Task What_an_error_says_is_told_as_far_as_it_can_be()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new MakesText(), "error", new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        await using var another = new AgentRuntime(store);
        var error = await Assert.ThrowsAsync<ActionFailedException>(async () => await (await another.ResumeAsync(new MakesText(), "s", Ct)).Result);
        Assert.Contains("a\ufffdb", error.ToString(), StringComparison.Ordinal);
    }
}

public sealed record MadeText(string Text, char Character, Dictionary<string, int> Keys, JsonElement Json);

[Agent]
public sealed partial class MakesText
{
    private const string Half = "a\ud800b";

    [Action]
    private static MadeText Make([Input] string where) => where switch
    {
        "error" => throw new InvalidOperationException(Half),
        "whole" => new("a\ud83d\ude00\"<é", 'x', [], JsonElement.Parse("1")),
        "replaced" => new("\ufffd", '\ufffd', [], JsonElement.Parse("1")),
        _ => new(
            where == "text" ? Half : "",
            where == "character" ? Half[1] : 'x',
            where == "key" ? new() { [Half] = 1 } : [],
            JsonElement.Parse(where == "json" ? "\"a\\ud800b\"" : "1")),
    };
}
