using System.Data.Common;
using Npgsql;

namespace AgentFlow;

/// <summary>One conditional statement, for a caller who waits.</summary>
internal abstract class Operation
{
    /// <summary>The session whose row it changes.</summary>
    public abstract string Session { get; }

    public abstract bool IsCancelled { get; }

    public abstract void AddTo(NpgsqlBatch batch);

    /// <summary>Reads what the statement has returned.</summary>
    public abstract Task ReadAsync(DbDataReader reader);

    /// <summary>Lets the caller go on: what was done is durable.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}
