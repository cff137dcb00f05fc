using System.Net;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

public sealed class EmbeddingLayerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_transient_is_tried_again_and_the_rest_is_thrown()
    {
        var clock = new ManualTimeProvider();
        using var flaky = new FlakyGenerator(HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable);
        var generator = flaky.WithResilience(new() { TimeProvider = clock, MaxAttempts = 3, CircuitBreaker = null });
        var made = await FinishAsync(generator.GenerateAsync(["ab"], cancellationToken: Ct), clock);
        Assert.Equal((float[])[2], made[0].Vector.ToArray());
        Assert.Equal(3, flaky.Calls);

        using var closed = new FlakyGenerator(HttpStatusCode.Unauthorized);
        await Assert.ThrowsAsync<ModelException>(() => closed.WithResilience(new() { TimeProvider = clock }).GenerateAsync(["ab"], cancellationToken: Ct));
        Assert.Equal(1, closed.Calls);
    }

    [Fact]
    public async Task One_that_fails_is_given_a_rest()
    {
        using var broken = new FlakyGenerator([.. Enumerable.Repeat(HttpStatusCode.InternalServerError, 100)]);
        using var generator = broken.WithResilience(new() { MaxAttempts = 1, CircuitBreaker = new() { MinimumThroughput = 4 } });
        ModelException error;
        do
        {
            error = await Assert.ThrowsAsync<ModelException>(() => generator.GenerateAsync(["ab"], cancellationToken: Ct));
        }
        while (error.StatusCode == HttpStatusCode.InternalServerError);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.InRange(broken.Calls, 4, 10);
    }

    private static async Task<T> FinishAsync<T>(Task<T> task, ManualTimeProvider clock)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await task;
    }

    /// <summary>Fails with one status after the other, then works: the meaning of a text is its length.</summary>
    private sealed class FlakyGenerator(params HttpStatusCode[] failures) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public int Calls { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Calls++ < failures.Length
                ? throw new ModelException("It fails.", failures[Calls - 1])
                : Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(static value => new Embedding<float>(new float[] { value.Length }))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
