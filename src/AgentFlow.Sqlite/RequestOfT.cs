namespace AgentFlow;

/// <inheritdoc />
/// <param name="session">The session that it is about.</param>
/// <param name="execute">What it does.</param>
/// <param name="isAlone">Whether it begins and ends a transaction of its own.</param>
/// <param name="cancellationToken">Cancels it as long as it has not begun.</param>
internal sealed class Request<T>(string session, Func<WriteConnection, T> execute, bool isAlone, CancellationToken cancellationToken) : Request
{
    // Callers go on elsewhere: the writer's thread is for writing.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private SessionException? _refusal;

    public Task<T> Task => _completion.Task;

    public override bool IsAlone => isAlone;

    public override bool IsCancelled => cancellationToken.IsCancellationRequested;

    public override void Execute(WriteConnection connection)
    {
        _refusal = null;
        try
        {
            _result = execute(connection);
        }
        catch (SessionException e) when (!isAlone && e is not DamagedSessionException)
        {
            _refusal = e;
        }
    }

    public override void Complete()
    {
        if (_refusal is not null)
        {
            _completion.TrySetException(_refusal);
        }
        else
        {
            _completion.TrySetResult(_result!);
        }
    }

    public override void Fail(Exception exception) => _completion.TrySetException(Errors.For(session, exception));

    public override void Cancel() => _completion.TrySetCanceled(cancellationToken);
}
