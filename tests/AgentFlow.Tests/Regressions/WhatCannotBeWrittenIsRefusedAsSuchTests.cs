using System.Collections.Immutable;
using System.Text.Json;

namespace AgentFlow.Tests.Regressions;

/// <summary>Values that have no JSON were refused by whatever System.Text.Json had thrown: an InvalidOperationException of "the current state of the object", for one.</summary>
public sealed class WhatCannotBeWrittenIsRefusedAsSuchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OddValue.DefaultArray)]
    [InlineData(OddValue.DefaultArrayInside)]
    [InlineData(OddValue.DefaultElement)]
    [InlineData(OddValue.NotANumberAsKey)]
    [InlineData(OddValue.OtherType)]
    public async Task As_an_input(OddValue value)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var error = await Assert.ThrowsAsync<UnrecordableValueException>(async () => await runtime.StartAsync(new TakesOddities(), Oddity.Of(value), new() { Id = "s" }, Ct));
        Assert.NotNull(error.InnerException);
        Assert.Null(await store.FindAsync("s", Ct));
    }

    [Theory]
    [InlineData(OddValue.DefaultArray)]
    [InlineData(OddValue.DefaultArrayInside)]
    [InlineData(OddValue.DefaultElement)]
    [InlineData(OddValue.NotANumberAsKey)]
    [InlineData(OddValue.OtherType)]
    public async Task As_an_output(OddValue value)
    {
        await using var store = new MemorySessionStore();
        await using var runtime = new AgentRuntime(store);
        var session = await runtime.StartAsync(new MakesOddities(), value, cancellationToken: Ct);
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => session.Result.WaitAsync(Patience, Ct));
        Assert.IsType<UnrecordableValueException>(error.InnerException);
    }
}

public enum OddValue
{
    DefaultArray,
    DefaultArrayInside,
    DefaultElement,
    NotANumberAsKey,
    OtherType,
}

public record OddBase(int X);

public sealed record OddOther(int X) : OddBase(X);

public sealed record OddArray(ImmutableArray<int> Values);

public sealed record Oddity(ImmutableArray<int> Array, OddArray Inside, JsonElement Element, Dictionary<double, int> Keys, OddBase Base)
{
    public static Oddity Of(OddValue value) => new(
        value == OddValue.DefaultArray ? default : [1],
        new(value == OddValue.DefaultArrayInside ? default : [1]),
        value == OddValue.DefaultElement ? default : JsonElement.Parse("1"),
        new() { [value == OddValue.NotANumberAsKey ? double.NaN : 1] = 1 },
        value == OddValue.OtherType ? new OddOther(1) : new OddBase(1));
}

[Agent]
public sealed partial class TakesOddities
{
    [Action]
    private static int Count([Input] Oddity oddity) => oddity.Keys.Count;
}

[Agent]
public sealed partial class MakesOddities
{
    [Action]
    private static Oddity Make([Input] OddValue value) => Oddity.Of(value);
}
