using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>Sensitive values were in the exception of a refused signal, in the text of an outcome, and in what was exported.</summary>
public sealed class SensitiveValuesWereToldTests : IDisposable
{
    private const string Secret = "s3cret";

    private readonly PayloadEncryption _keys = new("k", new Dictionary<string, byte[]> { ["k"] = new byte[32] });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task None_is_in_what_people_and_tools_read()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Encryption = _keys, PollInterval = TimeSpan.FromMilliseconds(20) });
        var session = await runtime.StartAsync(new Cashier(), Secret, new() { Id = "s" }, Ct);
        Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
        await session.CheckpointAsync("before", Ct);

        var refused = await Assert.ThrowsAsync<InvalidSignalException>(() => runtime.SignalAsync("s", "Pin", JsonElement.Parse($$"""{"Digits":"{{Secret}}"}"""), cancellationToken: Ct).AsTask());
        Assert.DoesNotContain(Secret, refused.ToString(), StringComparison.Ordinal);
        await using (var stranger = new AgentRuntime(store, new() { Encryption = _keys }))
        {
            await stranger.SignalAsync("s", "Pin", JsonElement.Parse($$"""{"Digits":"{{Secret}}"}"""), cancellationToken: Ct);
        }

        await session.PinAsync(new Pin(4711), cancellationToken: Ct);
        await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));

        var told = new List<string>();
        foreach (var outcome in await runtime.ReadOutcomesAsync(new Cashier(), "s", Ct))
        {
            told.Add(outcome.ToString());
            Assert.True(outcome.IsSensitive);
            Assert.DoesNotContain("$", outcome.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(3, told.Count);
        told.Add((await runtime.InspectAsync(new Cashier(), "s", cancellationToken: Ct)).GetRawText());
        told.Add((await session.ExportAsync(isFull: true, Ct)).GetRawText());
        await foreach (var e in session.Events(Ct))
        {
            told.Add(e.ToString());
            Assert.False(e.TryGetValue<object>(out var value) && value is not AgentGraph, $"{e} has a value");
        }

        Assert.All(told, text => Assert.False(text.Contains(Secret, StringComparison.Ordinal) || text.Contains("4711", StringComparison.Ordinal), text));

        // Who has the keys and asks for a value gets it.
        Assert.Equal(Secret, (await runtime.ReadOutcomesAsync(new Cashier(), "s", Ct))[0].Value.GetString());
    }

    [Fact]
    public async Task No_key_of_a_dictionary_is_in_the_path_of_what_is_too_deep()
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store, new() { Encryption = _keys });
        var deep = JsonElement.Parse(string.Concat(Enumerable.Repeat("{\"" + Secret + "\":", 99)) + "1" + new string('}', 99), new JsonDocumentOptions { MaxDepth = 1000 });
        var error = await Assert.ThrowsAsync<PayloadTooDeepException>(() => runtime.StartAsync(new Deep(), deep, new() { Id = "d" }, Ct).AsTask());
        Assert.Equal("$.inputs.given", error.Path);
    }
}

public sealed record Pin(int Digits);

[Agent]
public sealed partial class Cashier
{
    [Action]
    [return: Sensitive]
    private string Read([Input, Sensitive] string number) => number;

    [Signal]
    [return: Sensitive]
    private partial Task<Pin> Pin(string read);

    [Action, Result]
    [return: Sensitive]
#pragma warning disable AF0403 // What the test looks at.
    private string Charge(string read, Pin pin) => throw Broke(read, pin);
#pragma warning restore AF0403

    /// <summary>As a library would say it.</summary>
    private static InvalidOperationException Broke(params object[] what) => new($"no money: {string.Join(' ', what)}");
}
