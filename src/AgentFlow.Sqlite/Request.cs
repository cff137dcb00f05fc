namespace AgentFlow;

/// <summary>Something to be done by the writer, for a caller who waits.</summary>
internal abstract class Request
{
    /// <summary>Whether it begins and ends a transaction of its own.</summary>
    public abstract bool IsAlone { get; }

    /// <summary>Whether its caller no longer wants it.</summary>
    public abstract bool IsCancelled { get; }

    /// <summary>Does it. An exception leaves it open what has been changed; a refusal is kept for the caller, and nothing was changed.</summary>
    public abstract void Execute(WriteConnection connection);

    /// <summary>Lets the caller go on with what has come of it.</summary>
    public abstract void Complete();

    /// <summary>Lets the caller go on with an exception: nothing was changed.</summary>
    public abstract void Fail(Exception exception);

    public abstract void Cancel();
}
