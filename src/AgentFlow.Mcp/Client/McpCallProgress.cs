using ModelContextProtocol;

namespace AgentFlow.Mcp;

/// <summary>
/// Tells how far a server has come as events of the action that waits for it. What comes faster than the events are read is left out, and so is what was overtaken: the
/// client keeps no order.
/// </summary>
internal sealed class McpCallProgress(ActionContext context) : IProgress<ProgressNotificationValue>
{
    private const int MaxMessageLength = 500;

    private readonly Lock _gate = new();
    private Task _emitting = Task.CompletedTask;
    private float _furthest = float.NegativeInfinity;
    private bool _isOver;

    /// <inheritdoc />
    public void Report(ProgressNotificationValue value)
    {
        lock (_gate)
        {
            if (!_isOver && _emitting.IsCompleted && value.Progress > _furthest)
            {
                _furthest = value.Progress;
                _emitting = EmitAsync(value);
            }
        }
    }

    /// <summary>Ends the telling: an action's context must not be used when it is over.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _isOver = true;
            return _emitting;
        }
    }

    private async Task EmitAsync(ProgressNotificationValue value)
    {
        if (value.Total is > 0 and var total && float.IsFinite(value.Progress))
        {
            await context.EmitProgressAsync(Math.Clamp(value.Progress / (double)total, 0, 1), value.Message is { } message ? McpResult.Bound(message, MaxMessageLength) : null).ConfigureAwait(false);
        }
        else
        {
            context.Heartbeat();
        }
    }
}
