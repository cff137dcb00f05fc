using System.Reflection;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>A session that one version of an agent has begun goes on with another.</summary>
public sealed class UpcastTests
{
    private const string Play = """
        public static class Play
        {
            public static async Task<string> Start(ISessionStore store)
            {
                await using var runtime = new AgentRuntime(store);
                return await (await runtime.StartAsync(new Desk(), "abc", new() { Id = "s" })).Result;
            }

            public static async Task<string> Resume(ISessionStore store, string id)
            {
                await using var runtime = new AgentRuntime(store);
                return await (await runtime.ResumeAsync(new Desk(), id)).Result;
            }
        }
        """;

    private const string Old = "public sealed record Page(string Text); [Agent] public sealed partial class Desk { [Action(Name = \"Fetch it\")] static Page Fetch([Input] string name) => new(name); [Action] static string Show(Page page) => page.Text; }";

    [Theory]
    [InlineData("public sealed record Page(string Text, int Length); public sealed record V1(string Text); [Agent] public sealed partial class Desk { [Action(Name = \"Fetch it\")] static Page Fetch([Input] string name) => new(name, -1); [Action] static string Show(Page page) => page.Text + page.Length; [Upcast(nameof(Fetch))] static Page Read(V1 old) => new(old.Text, old.Text.Length); }", "abc3")]
    [InlineData("public sealed record Page(string Text, int Length); public sealed record V2(string Text, bool Good); public sealed record V1(string Text); [Agent] public sealed partial class Desk { [Action(Name = \"Fetch it\")] static Page Fetch([Input] string name) => new(name, -1); [Action] static string Show(Page page) => page.Text + page.Length; [Upcast(nameof(Fetch))] static V2 Read1(V1 old) => new(old.Text, true); [Upcast(nameof(Fetch))] static Page Read2(V2 old) => new(old.Text + old.Good, 7); }", "abcTrue7")]
    [InlineData("public sealed record Page(string Text, int Length); [Agent] public sealed partial class Desk { [Action(Name = \"Fetch it\")] static Page Fetch([Input] string name) => new(name, -1); [Action] static string Show(Page page) => page.Text + page.Length; }", "IncompatibleSessionException: the output of 'Fetch it' was {Text:string} and is {Length:int32,Text:string}")]
    [InlineData("public sealed record Page(string Text, int Length); public sealed record V1(string Text); [Agent] public sealed partial class Desk { [Action(Name = \"Fetch it\")] static Page Fetch([Input] string name) => new(name, -1); [Action] static string Show(Page page) => page.Text + page.Length; [Upcast(nameof(Fetch))] static Page Read(V1 old) => throw new FormatException(\"no\"); }", "IncompatibleSessionException: the [Upcast] of 'Fetch it' failed: no")]
    [InlineData("public sealed record Page(string Text); [Agent] public sealed partial class Desk { [Action] static int New() => 5; [Action(Name = \"Fetch it\")] static Page Fetch([Input] string name) => new(name); [Action] static string Show(Page page, [From(nameof(New))] int made) => page.Text + made; }", "abc5")]
    public async Task An_old_session_goes_on_with_a_new_agent(string agent, string expected)
    {
        await using var store = new MemorySessionStore();
        Assert.Equal("abc", await Method(Old, "Start").CreateDelegate<Func<ISessionStore, Task<string>>>()(store));
        var records = await store.ReadAsync("s", 0, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        var made = records.Single(static r => r.Kind == JournalKind.Completed && r.Action == "Fetch it").Sequence;
        await store.ForkAsync("s", made, new() { Id = "f", Agent = "", Shape = "" }, TestContext.Current.CancellationToken);
        string result;
        try
        {
            result = await Method(agent, "Resume").CreateDelegate<Func<ISessionStore, string, Task<string>>>()(store, "f");
        }
        catch (IncompatibleSessionException e)
        {
            result = $"{e.GetType().Name}: {e.Difference}";
        }

        Assert.Equal(expected, result);
    }

    private static MethodInfo Method(string agent, string name)
    {
        using var image = new MemoryStream();
        var emitted = Compilations.Generated(Compilations.Of("using System; using System.Threading.Tasks; using AgentFlow;\n" + agent + Play)).Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return Assembly.Load(image.ToArray()).GetTypes().Single(static t => t.Name == "Play").GetMethod(name)!;
    }
}
