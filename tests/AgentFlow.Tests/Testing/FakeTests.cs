using AgentFlow.Testing;

namespace AgentFlow.Tests.Testing;

public sealed class FakeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fake_stands_in_for_its_action_and_the_rest_is_real()
    {
        var desk = new PressDesk();
        var fake = Fake.Agent(desk)
            .Returns("Fetch", new Page("rain"))
            .Returns("Approve", true)
            .DoesNothing("Announce");
        Assert.Equal("printed RAIN, 2 readers", await fake.RunAsync("weather", cancellationToken: Ct));
        Assert.Equal(["headline", "count a", "count b"], desk.Log.Order().OrderByDescending(static l => l.Length));
        Assert.Equal((1, 1, 1, 0), (fake.CallsOf("Fetch"), fake.CallsOf("Approve"), fake.CallsOf("Announce"), fake.CallsOf("Discard")));
    }

    [Fact]
    public async Task Conditions_see_what_a_fake_returns()
    {
        var desk = new PressDesk();
        var fake = Fake.Agent(desk).Returns("Fetch", new Page("")).Returns("Approve", true).DoesNothing("Announce").Returns("CountReaders", new[] { 7 });
        Assert.Equal("discarded", await fake.RunAsync("weather", cancellationToken: Ct));
        Assert.Equal((0, 1), (fake.CallsOf("Print"), fake.CallsOf("Discard")));
        Assert.Equal(["headline"], desk.Log);
    }

    [Fact]
    public async Task A_fake_can_fail_and_can_look_at_what_came_before()
    {
        var failing = await Assert.ThrowsAsync<ActionFailedException>(() => Fake.Agent(new PressDesk()).Fails("Fetch", new HttpRequestException("gone")).RunAsync("weather", cancellationToken: Ct));
        Assert.Equal("Fetch", failing.Action);
        Assert.IsType<HttpRequestException>(failing.InnerException);

        var seen = "";
        var fake = Fake.Agent(new PressDesk()).Returns("Fetch", new Page("rain")).DoesNothing("Announce").Answers("Approve", call =>
        {
            Assert.False(call.TryGetOutput<string>("Print", out _));
            Assert.True(call.TryGetOutput<string>("Headline", out var headline));
            Assert.Throws<ArgumentException>(() => call.TryGetOutput<string>("Headlines", out _));
            seen = $"{call.Action} {call.Iteration} {headline}";
            return false;
        });
        Assert.Equal("refused", await fake.RunAsync("weather", cancellationToken: Ct));
        Assert.Equal("Approve 1 RAIN", seen);
    }

    [Fact]
    public async Task A_fake_of_the_wrong_type_or_name_is_told()
    {
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => Fake.Agent(new PressDesk()).Returns("Fetch", "rain").RunAsync("weather", cancellationToken: Ct));
        Assert.Contains("Page", error.InnerException!.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<ArgumentException>(() => Fake.Agent(new PressDesk()).Returns("Fecht", "rain"));
        Assert.Contains("Fetch, Headline", unknown.Message, StringComparison.Ordinal);
        var waiting = await Assert.ThrowsAsync<InvalidOperationException>(() => Fake.Agent(new PressDesk()).Returns("Fetch", new Page("rain")).DoesNothing("Announce").RunAsync("weather", cancellationToken: Ct));
        Assert.Contains("signal", waiting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_loop_a_fake_answers_each_time()
    {
        var fake = Fake.Agent(new Counter()).Answers("Add", static call => call.Iteration * 10);
        Assert.Equal(40, await fake.RunAsync(40, cancellationToken: Ct));
        Assert.Equal(4, fake.CallsOf("Add"));
    }
}

[Agent]
public sealed partial class PressDesk
{
    private readonly List<string> _log = [];

    public IReadOnlyList<string> Log => _log;

    [Action]
    private static Task<Page> Fetch([Input] string topic) => throw new InvalidOperationException($"There is no network for {topic}.");

    [Action]
    private string Headline(Page page)
    {
        Note("headline");
        return page.Text.ToUpperInvariant();
    }

    [Action(Mode = ActionMode.FireAndForget)]
    private static void Announce(Page page) => throw new InvalidOperationException($"Nobody is to hear of {page}.");

    private static string[] Readers() => ["a", "b"];

    [Action]
    private static string[] ListReaders(Page page) => page.Text.Length == 0 ? [] : Readers();

    [Action, ForEach(nameof(ListReaders))]
    private int CountReaders([Item] string reader)
    {
        Note($"count {reader}");
        return 1;
    }

    [Signal]
    private partial Task<bool> Approve([From(nameof(Headline))] string headline);

    private static bool HasText([From(nameof(Headline))] string headline) => headline.Length > 0;

    private static bool HasNone([From(nameof(Headline))] string headline) => headline.Length == 0;

    [Action(Effect = Effect.AtMostOnce), When(nameof(HasText))]
    private static string Print([From(nameof(Headline))] string headline, [From(nameof(Approve))] bool approve, [From(nameof(CountReaders))] int[] readers) =>
        approve ? $"printed {headline}, {readers.Length} readers" : "refused";

    [Action, When(nameof(HasNone))]
    private static string Discard([From(nameof(Headline))] string headline) => "discarded" + headline;

    [Action, Result]
    private static string Finish([From(nameof(Print), nameof(Discard))] string outcome) => outcome;

    private void Note(string text)
    {
        lock (_log)
        {
            _log.Add(text);
        }
    }
}

public sealed record Page(string Text);

[Agent(Name = "FakeCounter", MaxIterations = 10)]
public sealed partial class Counter
{
    [Action, Result]
    private static int Add([Previous(nameof(Add))] int? before) => (before ?? 0) + 1;

    [Until]
    private static bool IsThere(int add, [Input] int goal) => add >= goal;
}
