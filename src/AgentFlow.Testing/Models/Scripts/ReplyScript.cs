using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>Gives each request its reply, and remembers the requests. Thread-safe.</summary>
internal sealed class ReplyScript
{
    private readonly Func<ScriptedRequest, ScriptedReply> _reply;
    private readonly Arrivals<ScriptedRequest> _requests = new();

    public ReplyScript(IEnumerable<ScriptedReply> replies)
    {
        ScriptedReply[] all = [.. replies];
        _reply = request => request.Index < all.Length ? all[request.Index] : throw new ScriptExhaustedException(request, all.Length);
    }

    public ReplyScript(Func<ScriptedRequest, ScriptedReply> reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        _reply = reply;
    }

    public IReadOnlyList<ScriptedRequest> Requests => _requests.Snapshot();

    public Task WhenRequestedAsync(int count, CancellationToken cancellationToken) => _requests.WhenAsync(count, cancellationToken);

    public (ScriptedRequest Request, ScriptedReply Reply) Next(IEnumerable<ChatMessage> messages, ChatOptions? options, bool streaming)
    {
        ChatMessage[] copied = [.. messages.Select(static m => m.Clone())];
        var request = _requests.Add(index => new(index, copied, options?.Clone(), streaming));
        return (request, _reply(request) ?? throw new InvalidOperationException($"The script gave no reply to request {request.Index + 1}."));
    }
}
