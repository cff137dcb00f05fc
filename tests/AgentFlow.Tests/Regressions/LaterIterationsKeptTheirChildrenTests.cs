namespace AgentFlow.Tests.Regressions;

/// <summary>
/// When something of an earlier iteration was undone, everything of the later ones is done anew, with new children: elements of a for-each that had not
/// completed found their former ones all the same if their sequence had been undone as well.
/// </summary>
public sealed class LaterIterationsKeptTheirChildrenTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Elements_of_a_later_iteration_have_new_children()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var tours = new Tours();
        var session = await runtime.StartAsync(tours, 2, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["1/1", "1/2", "2/1"], tours.Visited);
        Assert.Equal(["Pack 2", "Pack 1"], tours.Undone);

        // The first element of the second iteration as well: it rests on what was undone in the first.
        var redriven = await runtime.RedriveAsync(tours, "s", Ct);
        Assert.Equal(2, await redriven.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["1/1", "1/2", "2/1", "2/1", "2/2"], tours.Visited);
    }

    [Fact]
    public async Task Those_of_the_iteration_itself_find_theirs_again()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var tours = new Tours();
        var session = await runtime.StartAsync(tours, 1, new() { Id = "s" }, Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.Equal(["1/1"], tours.Visited);
        Assert.Equal(1, await (await runtime.RedriveAsync(tours, "s", Ct)).Result.WaitAsync(Patience, Ct));
        Assert.Equal(["1/1", "1/2"], tours.Visited);
    }
}

[Agent(MaxIterations = 3)]
internal sealed partial class Tours
{
    private int _failures;

    public List<string> Visited { get; } = [];

    public List<string> Undone { get; } = [];

    [Action, Compensate(nameof(Unpack))] private static int[] Pack(ActionContext context) => [10 * context.Iteration + 1, 10 * context.Iteration + 2];

    private void Unpack(ActionContext context) => Undone.Add($"Pack {context.Iteration}");

    [Action, ForEach(nameof(Pack), MaxParallel = 1)] private async Task<int> Visit([Item] int place, [Input] int last, ActionContext context, CancellationToken ct)
    {
        if (place == (10 * last) + 2 && Interlocked.Increment(ref _failures) == 1)
        {
            throw new InvalidOperationException("The road is closed.");
        }

        return await context.RunChildAsync(new TourStop(this), place, ct);
    }

    [Action, Result] private static int Count([From(nameof(Visit))] int[] visited, ActionContext context) => context.Iteration;

    [Until] private static bool IsOver(int count, [Input] int last) => count == last;
}

[Agent]
internal sealed partial class TourStop(Tours tours)
{
    [Action, Result] private int Call([Input] int place)
    {
        lock (tours.Visited)
        {
            tours.Visited.Add($"{place / 10}/{place % 10}");
        }

        return place;
    }
}
