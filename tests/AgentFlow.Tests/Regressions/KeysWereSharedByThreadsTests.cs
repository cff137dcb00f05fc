using System.Security.Cryptography;

namespace AgentFlow.Tests.Regressions;

/// <summary>All sessions used one cipher at once: contents were lost, swapped, or sealed with the key stream of another nonce.</summary>
public sealed class KeysWereSharedByThreadsTests
{
    [Fact(Timeout = 300_000)]
    public async Task What_many_threads_seal_at_once_opens()
    {
        using var encryption = new PayloadEncryption("k", new Dictionary<string, byte[]> { ["k"] = RandomNumberGenerator.GetBytes(32) });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(
            () =>
            {
                var content = new byte[200];
                for (var i = 0; i < 5000; i++)
                {
                    content.AsSpan().Fill((byte)(thread * 31 + i));
                    Assert.Equal(content, encryption.Open(encryption.Seal(content, "here"), "here"));
                }
            },
            TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Keys_that_are_forgotten_open_nothing()
    {
        var encryption = new PayloadEncryption("k", new Dictionary<string, byte[]> { ["k"] = RandomNumberGenerator.GetBytes(32) });
        var content = encryption.Seal([1, 2, 3], "here");
        encryption.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encryption.Open(content, "here"));
        Assert.Throws<ObjectDisposedException>(() => encryption.Seal([1], "here"));
    }
}
