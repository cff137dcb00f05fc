using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.Tests;

public sealed class ServiceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_come_from_the_runs_provider_keyed_ones_by_their_key()
    {
        await using var provider = new ServiceCollection()
            .AddSingleton(new Voice("plain"))
            .AddKeyedSingleton("loud", new Voice("LOUD"))
            .BuildServiceProvider();
        Assert.Equal("plain hi, LOUD hi, nobody", await new Choir().RunAsync("hi", new RunOptions { Services = provider }, Ct));
    }

    [Fact]
    public async Task A_keyed_service_that_is_missing_is_named()
    {
        await using var provider = new ServiceCollection().AddSingleton(new Voice("plain")).BuildServiceProvider();
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => new Choir().RunAsync("hi", new RunOptions { Services = provider }, Ct).AsTask());
        Assert.Equal("Loud", error.Action);
        Assert.Contains(nameof(Voice), error.Message, StringComparison.Ordinal);
    }
}

public sealed record Voice(string Tone);

[Agent]
public sealed partial class Choir
{
    [Action]
    private static string Plain([Input] string word, [Service] Voice voice) => $"{voice.Tone} {word}";

    [Action]
    private static string Loud([Input] string word, [Service(Key = "loud")] Voice voice) => $"{voice.Tone} {word}";

    [Action]
    private static string Absent([Service(Key = "absent")] Voice? voice) => voice?.Tone ?? "nobody";

    [Action, Result]
    private static string Sing([From(nameof(Plain))] string plain, [From(nameof(Loud))] string loud, [From(nameof(Absent))] string absent) => $"{plain}, {loud}, {absent}";
}
