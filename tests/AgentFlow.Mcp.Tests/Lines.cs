using System.Text.Json;

namespace AgentFlow.Mcp.Tests;

/// <summary>A client that speaks in lines, and hears them in the order in which they were sent.</summary>
internal sealed class Lines(Stream input, Stream output) : IDisposable
{
    private readonly StreamReader _reader = new(output);

    public async Task SendAsync(string line)
    {
        await input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        await input.FlushAsync(TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> ReadAsync() => JsonElement.Parse((await _reader.ReadLineAsync(TestContext.Current.CancellationToken))!);

    public void Dispose() => _reader.Dispose();
}
