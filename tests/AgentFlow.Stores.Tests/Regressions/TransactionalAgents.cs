using System.Data.Common;

namespace AgentFlow.Stores.Tests.Regressions;

/// <summary>What the transactional actions below do to a table, and what happens meanwhile.</summary>
public sealed class Ledger(string table)
{
    /// <summary>How many attempts fail, from the first on.</summary>
    public int Failing { get; init; }

    /// <summary>Completes when the first attempt has written.</summary>
    public TaskCompletionSource Tried { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first attempt has its transaction.</summary>
    public TaskCompletionSource Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Exception Error { get; init; } = new FormatException("no");

    /// <summary>Called after the writing of each attempt.</summary>
    public Func<ActionContext, DbTransaction, CancellationToken, Task>? After { get; init; }

    public async Task<int> WriteAsync(ActionContext context, string what, CancellationToken ct)
    {
        var transaction = context.Transaction;
        await ExecuteAsync(transaction, $"INSERT INTO {table} VALUES('{what}')");
        Began.TrySetResult();
        if (After is not null)
        {
            await After(context, transaction, ct);
        }

        Tried.TrySetResult();
        return context.Attempt <= Failing ? throw Error : context.Attempt;
    }

    public static async Task ExecuteAsync(DbTransaction transaction, string sql)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

[Agent]
public sealed partial class Retrier(Ledger ledger)
{
    [Action(Effect = Effect.Transactional), Retry(3, Delay = "00:00:00", On = [typeof(FormatException), typeof(DbException)])]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, $"attempt{context.Attempt}", ct);
}

[Agent]
public sealed partial class Substitute(Ledger ledger)
{
    [Action(Effect = Effect.Transactional), Retry(2, Delay = "00:00:00", On = [typeof(FormatException), typeof(DbException)]), Fallback(nameof(Instead))]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, $"attempt{context.Attempt}", ct);

    private async Task<int> Instead(ActionContext context, Exception error)
    {
        await Ledger.ExecuteAsync(context.Transaction, $"INSERT INTO {Table} VALUES('fallback')");
        return error.Message.Length;
    }

    public required string Table { get; init; }
}

[Agent]
public sealed partial class Careful(Ledger ledger)
{
    private static bool IsThird([From(nameof(Book))] int attempt) => attempt == 3;

    [Action(Effect = Effect.Transactional), Retry(3, Delay = "00:00:00"), Ensures(nameof(IsThird))]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, $"attempt{context.Attempt}", ct);
}

[Agent]
public sealed partial class Shrugger(Ledger ledger)
{
    [Action(Effect = Effect.Transactional), Optional]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, "optional", ct);

    [Action]
    private static string After([From(nameof(Book))] int? booked) => booked is null ? "nothing" : "booked";
}

[Agent(OnFailure = FailurePolicy.Continue)]
public sealed partial class Stubborn(Ledger ledger)
{
    [Action(Effect = Effect.Transactional), Result]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, "stubborn", ct);

    [Action(Effect = Effect.Transactional)]
    private async Task<int> Note(ActionContext context)
    {
        await Ledger.ExecuteAsync(context.Transaction, $"INSERT INTO {Table} VALUES('noted')");
        return 1;
    }

    public required string Table { get; init; }
}

[Agent]
public sealed partial class Slow(Ledger ledger)
{
    [Action(Effect = Effect.Transactional), Retry(2, Delay = "00:00:00"), Timeout("00:00:02")]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, $"attempt{context.Attempt}", ct);
}

[Agent]
public sealed partial class Patient(Ledger ledger)
{
    [Action(Effect = Effect.Transactional), Retry(2, Delay = "01:00:00", MaxDelay = "01:00:00", On = [typeof(FormatException)])]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, "patient", ct);
}

[Agent]
public sealed partial class Once(Ledger ledger)
{
    [Action(Effect = Effect.Transactional)]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, "once", ct);
}

[Agent]
public sealed partial class Tireless(Ledger ledger)
{
    [Action(Effect = Effect.Transactional), Retry(20, Delay = "00:00:00")]
    private Task<int> Book(ActionContext context, CancellationToken ct) => ledger.WriteAsync(context, $"attempt{context.Attempt}", ct);
}

[Agent]
public sealed partial class Plain
{
    [Action]
    private static int Answer() => 42;
}
