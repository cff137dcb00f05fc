using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>What is kept under a name that two can have.</summary>
public sealed class NamesDoNotCollideInSilenceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task An_agent_of_another_class_does_not_unregister_the_one_that_has_the_id()
    {
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        runtime.Register(new One.Import());
        var error = await Assert.ThrowsAsync<AgentIdConflictException>(() => runtime.UnregisterAsync(new Two.Import()).AsTask());
        Assert.Equal(("Import", typeof(One.Import), typeof(Two.Import)), (error.Id, error.Registered, error.Refused));
        Assert.Throws<AgentIdConflictException>(() => runtime.Register(new Two.Import()));
        await runtime.UnregisterAsync(new One.Import());
        await runtime.UnregisterAsync(new Two.Import());
    }

    [Fact(Timeout = 300_000)]
    public async Task Two_plans_of_one_name_and_shape_are_two_agents()
    {
        var catalog = new PlanCatalog().AddTool("echo", static (arguments, _, _) => new(arguments));
        var plans = new[] { 1, 2 }.Select(amount => Plan.Parse($$"""{ "name": "pay", "actions": [ { "name": "a", "target": "echo", "parameters": { "of": {{amount}} } } ] }""", catalog)).ToArray();
        await using var runtime = new AgentRuntime(new MemorySessionStore());
        foreach (var plan in plans)
        {
            runtime.Register(new PlanAgent(plan));
        }

        await runtime.StartAsync(new PlanAgent(plans[0]), default, new() { Id = "p" }, Ct);
        await Assert.ThrowsAsync<IncompatibleSessionException>(() => runtime.ResumeAsync(new PlanAgent(plans[1]), "p", Ct).AsTask());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Keys_of_relics_that_would_be_one_in_a_file_are_refused(bool inFiles)
    {
        var folder = Directory.CreateTempSubdirectory("relics").FullName;
        try
        {
            using var files = new FileRelicStore(folder);
            IRelicStore store = inFiles ? files : new MemoryRelicStore();
            foreach (var key in new[] { "\ud800", "a\udc00b", "\udc00\ud800" })
            {
                await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(key, JsonElement.Parse("1"), Ct).AsTask());
                await Assert.ThrowsAsync<ArgumentException>(() => store.ReadAsync(key, Ct).AsTask());
            }

            await store.WriteAsync("🗝", JsonElement.Parse("1"), Ct);
            Assert.Equal("1", (await store.ReadAsync("🗝", Ct))?.GetRawText());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Outputs_that_are_cached_are_one_object_for_all_runs_of_an_instance_and_of_no_other()
    {
        var (first, second) = (new KeepsAList(), new KeepsAList());
        var list = await first.RunAsync(1, Ct);
        list.Add(2);
        Assert.Same(list, await first.RunAsync(1, Ct));
        Assert.Equal([3], await first.RunAsync(3, Ct));
        Assert.Equal([1], await second.RunAsync(1, Ct));
        Assert.Equal([1, 2], await first.RunAsync(1, Ct));
    }

    [Fact(Timeout = 300_000)]
    public async Task Caches_of_agents_in_two_instances_of_a_generic_class_are_two()
    {
        Assert.Equal("Int32", await new Keeps<int>.Caches().RunAsync(1, Ct));
        Assert.Equal("String", await new Keeps<string>.Caches().RunAsync(1, Ct));
    }
}

[Agent]
public sealed partial class KeepsAList
{
    [Action, Cache("01:00:00")]
    private static List<int> Get([Input] int of) => [of];
}

public static partial class Keeps<T>
{
    [Agent(Durable = false)]
    public sealed partial class Caches
    {
        [Action, Cache("01:00:00")]
        private static string Get([Input] int of) => of > 0 ? typeof(T).Name : "";
    }
}
