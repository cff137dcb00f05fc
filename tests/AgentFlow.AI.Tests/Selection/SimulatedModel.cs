using System.Runtime.CompilerServices;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Selection;

/// <summary>A model that is good at times, and takes its time by a clock that it moves itself.</summary>
internal sealed class SimulatedModel(string name, ManualTimeProvider clock) : IChatClient
{
    /// <summary>How often its replies are good.</summary>
    public double Quality { get; set; }

    public TimeSpan Time { get; set; }

    public long OutputTokens { get; set; } = 100;

    public int Calls { get; private set; }

    public Exception? Error { get; set; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Calls++;
        clock.Advance(Time);
        cancellationToken.ThrowIfCancellationRequested();
        return Error is not null
            ? Task.FromException<ChatResponse>(Error)
            : Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, name)) { Usage = new() { InputTokenCount = 100, OutputTokenCount = OutputTokens, TotalTokenCount = 100 + OutputTokens } });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }

        yield return new ChatResponseUpdate(ChatRole.Assistant, "!");
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => IsDisposed = true;

    public bool IsDisposed { get; private set; }
}
