using AgentFlow.AI.Tests.Planning;
using AgentFlow.Testing;
using AgentFlow.Tests;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Selection;

/// <summary>What the page about choosing shows is in this file, where it is compiled and run.</summary>
public class ChoosingGuideTests
{
    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("choosing.md", 10);

    [Fact]
    public void A_pattern_is_recommended()
    {
        var recommendation = PatternSelector.Recommend(new()
        {
            IsMultiStep = true,
            IsConditional = true,
            Tools = 3,
            AreStepsKnown = false,
            ResponseTime = TimeSpan.FromSeconds(20),
        });
        Console.WriteLine(recommendation); // HierarchicalPlanning (0.93), then Hybrid (0.93) and …
        Assert.StartsWith("HierarchicalPlanning (0.93), then Hybrid (0.93) and ", recommendation.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_learned()
    {
        var ct = TestContext.Current.CancellationToken;
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, new LearnedModels([]).ToJson(), ct);
        await AskAsync(new ScriptedChatClient("a"), new ScriptedChatClient("a"), [new(ChatRole.User, "?")], path, static _ => true, ct);
        Assert.Equal(2, LearnedModels.Parse(await File.ReadAllTextAsync(path, ct)).Models.Count);
        File.Delete(path);
    }

    private static async Task AskAsync(IChatClient small, IChatClient large, ChatMessage[] messages, string path, Func<ChatResponse, bool> isGood, CancellationToken ct)
    {
        using var model = new LearningModelSelector(
            new Dictionary<string, ModelCandidate>
            {
                ["small"] = new(small, new ModelPrice(0.25, 2), Quality: 0.6),
                ["large"] = new(large, new ModelPrice(2, 10), Quality: 0.9),
            },
            new() { CostOfQuality = 0.05, TimeOfQuality = TimeSpan.FromSeconds(60) },
            LearnedModels.Parse(await File.ReadAllTextAsync(path, ct)));
        var response = await model.GetResponseAsync(messages, cancellationToken: ct);
        model.Learn(response, isGood(response) ? 1 : 0);
        await File.WriteAllTextAsync(path, model.Learned.ToJson(), ct);
    }
}
