using AgentFlow.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;

namespace AgentFlow.Mcp.Tests.Regressions;

/// <summary>The tools of a server took scoped services from the root provider: one instance for all clients and calls.</summary>
public sealed class CallsHadNoScopeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Each_call_has_one_of_its_own()
    {
        var made = new Made();
        await using var services = new ServiceCollection().AddSingleton(made).AddScoped<Scoped>().BuildServiceProvider(validateScopes: true);
        var tools = new ToolRegistry().Add(AIFunctionFactory.Create(static (IServiceProvider services) => services.GetRequiredService<Scoped>().Number, "number"));
        await using var server = new McpToolServer(tools, new() { Services = services });
        await using var app = await Web.StartAsync(server);
        await using var client = await McpClient.CreateAsync(Servers.Http(app.Endpoint), cancellationToken: Ct);
        for (var i = 1; i <= 3; i++)
        {
            var result = await client.CallToolAsync("number", cancellationToken: Ct);
            Assert.NotEqual(true, result.IsError);
            Assert.Equal(i, made.Disposed);
        }

        Assert.Equal(3, made.Count);
    }

    public sealed class Made
    {
        private int _count;
        private int _disposed;

        public int Count => Volatile.Read(ref _count);

        public int Disposed => Volatile.Read(ref _disposed);

        public int Add() => Interlocked.Increment(ref _count);

        public void Remove() => Interlocked.Increment(ref _disposed);
    }

    public sealed class Scoped(Made made) : IDisposable
    {
        public int Number { get; } = made.Add();

        public void Dispose() => made.Remove();
    }
}
