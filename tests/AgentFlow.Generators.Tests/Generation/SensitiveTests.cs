using System.Reflection;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>What is marked as sensitive is left out of events, and is not recorded in clear.</summary>
public sealed class SensitiveTests
{
    private const string Source = """
        using System; using System.Collections.Generic; using System.Linq; using System.Text; using System.Threading.Tasks; using AgentFlow;
        public sealed record Person(string Name, [Sensitive] string Number);
        [Agent] public sealed partial class Desk
        {
            [Action] private static Person Find([Input, Sensitive] string number) => new("a", number);
            [Action] [return: Sensitive] private static async IAsyncEnumerable<string> Digits(Person find) { await Task.Yield(); yield return find.Number; }
            [Action] private static int Count(string[] digits) => digits[0].Length;
            [Action, Result] [return: Sensitive] private static string Show(Person find, int count) => find.Number + count;
        }
        public static class Play
        {
            public static async Task<object> Run()
            {
                var found = new List<string>();
                await foreach (var e in new Desk().StreamAsync("s3cret"))
                {
                    if (e.TryGetValue<object>(out var value) && value is not AgentGraph) found.Add($"{e.Action} {value}");
                    if (e.IsSensitive) found.Add($"{e.Kind} {e.Action} withheld");
                }

                await using var store = new MemorySessionStore();
                await using (var clear = new AgentRuntime(store))
                {
                    try { await clear.StartAsync(new Desk(), "s3cret", new() { Id = "c" }); found.Add("recorded in clear"); }
                    catch (InvalidOperationException e) { found.Add(e.Message); }
                    if (await store.FindAsync("c") is not null) found.Add("there is a session");
                }

                await using var runtime = new AgentRuntime(store, new() { Encryption = new PayloadEncryption("k", new Dictionary<string, byte[]> { ["k"] = new byte[32] }) });
                var session = await runtime.StartAsync(new Desk(), "s3cret", new() { Id = "s" });
                found.Add(await session.Result);
                await foreach (var record in store.ReadAsync("s", 0))
                {
                    if (Encoding.UTF8.GetString(record.Payload.Span).Contains("s3cret")) found.Add($"{record.Kind} {record.Action} in clear");
                }

                if (Desk.Graph.ToMermaid().Contains("s3cret") || Desk.Graph.ToJson().Contains("s3cret")) found.Add("drawn");
                return found;
            }
        }
        """;

    [Fact]
    public async Task It_is_left_out_of_events_and_never_recorded_in_clear()
    {
        using var image = new MemoryStream();
        var emitted = Compilations.Generated(Compilations.Of(Source)).Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        var play = Assembly.Load(image.ToArray()).GetTypes().Single(static t => t.Name == "Play");
        var found = (List<string>)await (Task<object>)play.GetMethod("Run")!.Invoke(null, null)!;
        Assert.Equal(
            [
                "ActionCompleted Find withheld",
                "ActionOutput Digits withheld",
                "ActionCompleted Digits withheld",
                "Count 6",
                "ActionCompleted Show withheld",
                "AgentCompleted  withheld",
                "Agent 'Desk' passes on what is marked as sensitive ('number', 'Find', 'Digits', 'Show'), and it would be recorded in clear. Set AgentRuntimeOptions.Encryption.",
                "s3cret6",
            ],
            found);
    }
}
