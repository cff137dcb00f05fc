using System.Text.Json.Serialization;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>A value that was asked for after a transcript had been cut: a client of somebody else's was sent results without their calls, and calls without their results.</summary>
public sealed class CutTranscriptsReachedOtherClientsTests
{
    [Fact]
    public async Task Calls_and_results_come_in_pairs()
    {
        using var model = new ScriptedChatClient("""{"Rank":3}""");
        ChatMessage[] cut =
        [
            new(ChatRole.Tool, [new FunctionResultContent("1", "lost its call")]),
            new(ChatRole.User, "?"),
            new(ChatRole.Assistant, [new FunctionCallContent("2", "look"), new FunctionCallContent("3", "find")]),
            new(ChatRole.Tool, [new FunctionResultContent("2", "seen")]),
            new(ChatRole.User, "How many?"),
        ];
        var counted = await model.GetAsync(cut, RankedJson.Default.Ranked, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, counted.Rank);
        var sent = model.Requests.Single().Messages.SelectMany(static m => m.Contents).ToList();
        Assert.Equal(
            sent.OfType<FunctionCallContent>().Select(static c => c.CallId).Order(StringComparer.Ordinal),
            sent.OfType<FunctionResultContent>().Select(static c => c.CallId).Order(StringComparer.Ordinal));
        Assert.Contains(sent.OfType<FunctionResultContent>(), static r => r.Result as string == "seen");
        Assert.Contains(sent.OfType<TextContent>(), static t => t.Text == "How many?");
    }

    internal sealed record Ranked(int Rank);
}

[JsonSerializable(typeof(CutTranscriptsReachedOtherClientsTests.Ranked))]
internal sealed partial class RankedJson : JsonSerializerContext;
