namespace AgentFlow.Crash;

/// <summary>What the actions do to the world: a line in a file for each time one is really done.</summary>
public sealed class World(string path)
{
    private readonly Lock _gate = new();

    public void Do(ActionContext context)
    {
        lock (_gate)
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            file.Write(System.Text.Encoding.UTF8.GetBytes(context.IdempotencyKey + "\n"));
            file.Flush(flushToDisk: true);
        }
    }
}

/// <summary>Fan-out, a condition with a merge, elements, a timer, a signal, an effect that must not happen twice.</summary>
[Agent]
public sealed partial class Journey(World world)
{
    [Action]
    private int Begin([Input] int number, ActionContext context)
    {
        world.Do(context);
        return number;
    }

    private static bool IsSmall(int begin) => begin < 10;

    private static bool IsLarge(int begin) => begin >= 10;

    [Action, When(nameof(IsSmall))]
    private async Task<string> Small(int begin, ActionContext context)
    {
        await Task.Yield();
        world.Do(context);
        return $"small {begin}";
    }

    [Action, When(nameof(IsLarge))]
    private static string Large(int begin) => $"large {begin}";

    [Action]
    private async Task<int[]> List(int begin, ActionContext context)
    {
        await Task.Yield();
        world.Do(context);
        return [begin, begin + 1];
    }

    [Action, ForEach(nameof(List), MaxParallel = 1)]
    private int Double([Item] int item, ActionContext context)
    {
        world.Do(context);
        return item * 2;
    }

    [Action, Delay("00:00:00.02")]
    private string Later(int begin, ActionContext context)
    {
        world.Do(context);
        return $"later {begin}";
    }

    [Signal(Timeout = "01:00:00")]
    private partial Task<bool> Approve(int begin);

    [Action(Effect = Effect.AtMostOnce)]
    private string Pay(bool approve, ActionContext context)
    {
        world.Do(context);
        return $"paid {approve}";
    }

    [Action, Result]
    private string Finish([From(nameof(Small), nameof(Large))] string size, [From(nameof(Double))] int[] doubled, [From(nameof(Later))] string later, [From(nameof(Pay))] string paid) =>
        $"{size}, {string.Join("+", doubled)}, {later}, {paid}";
}

/// <summary>A loop that looks back.</summary>
[Agent(MaxIterations = 10)]
public sealed partial class Spiral(World world)
{
    [Action]
    private int Next([Previous(nameof(Next))] int? before, [Input] int step, ActionContext context)
    {
        world.Do(context);
        return (before ?? 0) + step;
    }

    [Action, Result]
    private async Task<int> Square(int next, ActionContext context)
    {
        await Task.Yield();
        world.Do(context);
        return next * next;
    }

    [Until]
    private static bool IsDone(int square) => square >= 9;
}

/// <summary>Three bookings, the last of which fails, so that the others are undone.</summary>
[Agent]
public sealed partial class Saga(World world)
{
    [Action, Compensate(nameof(CancelFlight))]
    private async Task<string> Flight([Input] int number, ActionContext context)
    {
        await Task.Yield();
        world.Do(context);
        return $"flight {number}";
    }

    private static Task CancelFlight(string flight) => Task.CompletedTask;

    [Action, Compensate(nameof(CancelHotel))]
    private string Hotel(string flight, ActionContext context)
    {
        world.Do(context);
        return $"hotel for {flight}";
    }

    private static void CancelHotel(string hotel)
    {
    }

    [Action]
    private static string Car(string hotel) => throw new InvalidOperationException($"no car at {hotel}");
}

/// <summary>Writes to the store's own database, in the transaction that records that it has.</summary>
[Agent]
public sealed partial class Transfer
{
    [Action]
    private static int Check([Input] int amount) => amount;

    [Action(Effect = Effect.Transactional)]
    private static async Task<long> Book(int check, ActionContext context, CancellationToken ct)
    {
        await using var command = context.Transaction.Connection!.CreateCommand();
        command.Transaction = context.Transaction;
        command.CommandText = "CREATE TABLE IF NOT EXISTS booking (amount INTEGER NOT NULL); INSERT INTO booking VALUES (@amount); SELECT COUNT(*) FROM booking;";
        var amount = command.CreateParameter();
        (amount.ParameterName, amount.Value) = ("@amount", check);
        command.Parameters.Add(amount);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    [Action, Result]
    private static string Confirm(int check, [From(nameof(Book))] long bookings) => $"booked {check}, {bookings} in all";
}
