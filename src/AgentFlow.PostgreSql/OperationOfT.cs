using System.Data.Common;
using Npgsql;

namespace AgentFlow;

/// <inheritdoc />
/// <param name="session">The session whose row it changes.</param>
/// <param name="sql">The statement.</param>
/// <param name="bind">Adds its parameters.</param>
/// <param name="read">Reads the one row that it returns when its conditions hold.</param>
/// <param name="cancellationToken">Cancels it as long as it has not begun.</param>
internal sealed class Operation<T>(string session, string sql, Action<NpgsqlParameterCollection> bind, Func<DbDataReader, T> read, CancellationToken cancellationToken) : Operation
{
    private readonly TaskCompletionSource<(bool Done, T? Result)> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDone;
    private T? _result;

    public override string Session => session;

    public override bool IsCancelled => cancellationToken.IsCancellationRequested;

    /// <summary>Whether the conditions held, and what was returned.</summary>
    public Task<(bool Done, T? Result)> Task => _completion.Task;

    public override void AddTo(NpgsqlBatch batch)
    {
        var command = new NpgsqlBatchCommand(sql);
        bind(command.Parameters);
        batch.BatchCommands.Add(command);
    }

    public override async Task ReadAsync(DbDataReader reader)
    {
        _isDone = await reader.ReadAsync().ConfigureAwait(false);
        _result = _isDone ? read(reader) : default;
    }

    public override void Complete() => _completion.TrySetResult((_isDone, _result));

    public override void Fail(Exception exception) => _completion.TrySetException(Errors.For(session, exception));

    public override void Cancel() => _completion.TrySetCanceled(cancellationToken);
}
