using System.Globalization;
using AgentFlow;
using AgentFlow.Samples;
using AgentFlow.Samples.Expenses;

const string Usage = """
    Takes an expense report through three people to one payment. The same command goes on with it, whatever became of the program the last time.
    usage: ExpenseApproval <id> <purpose> <amount>     the amount in digits with a point, such as 420.50
    """;

return await Sample.RunAsync(args, Usage, static async words =>
{
    if (words is not [var id, var purpose, var text])
    {
        throw new WrongUsageException("an id, a purpose and an amount are needed");
    }

    var amount = ParseAmount(text);
    var folder = Environment.GetEnvironmentVariable("EXPENSES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "agentflow-expenses");
    Directory.CreateDirectory(folder);
    var agent = new ExpenseApproval(new Ledger(Path.Combine(folder, "payments.txt")));
    await using var store = new SqliteSessionStore(Path.Combine(folder, "expenses.db"));
    await using var runtime = new AgentRuntime(store, new() { Owner = "expenses" });
    var session = await Continuation.StartOrContinueAsync(runtime, store, agent, (purpose, amount), id);

    while (true)
    {
        var state = await session.WaitAsync();
        if (state == SessionState.Uncertain)
        {
            Console.WriteLine($"{id}: was it paid? Look into the bank's book and type: paid <receipt>, or: unpaid");
            if (!await SettleAsync(runtime, agent, id, amount, Console.ReadLine()))
            {
                return 3;
            }

            continue;
        }

        if (state != SessionState.Suspended)
        {
            break;
        }

        var open = (await session.ExportAsync(isFull: true)).GetProperty("state").GetProperty("call_stack").EnumerateArray().Select(static a => a.GetString()!).ToList();
        var waiting = open.Where(static a => a is "Manager" or "Budget" or "Compliance").ToList();
        var asked = waiting.Contains("Manager") ? ["Manager"] : waiting;
        Console.WriteLine($"{id}: waits for {string.Join(" and ", asked)}. Type: <who> yes, or: <who> no <reason>");
        if (Console.ReadLine() is not { } line)
        {
            Console.WriteLine($"{id}: goes on when the same command is given again");
            return Sample.Success;
        }

        await AnswerAsync(session, id, line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries));
    }

    Console.WriteLine($"{id}: {(await session.Result).Text}");
    return Sample.Success;
});

// One way to write an amount, so that 420.5 and 420.50 are the same report: no signs, no thousands, and no comma, which would be a point
// elsewhere.
static decimal ParseAmount(string text)
{
    if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
    {
        throw new WrongUsageException($"'{text}' is no amount");
    }

    return amount <= 0 ? throw new WrongUsageException("the amount has to be more than nothing")
        : decimal.Round(amount, 2) != amount ? throw new WrongUsageException($"'{text}' has more than two decimals")
        : amount == decimal.Truncate(amount) ? decimal.Truncate(amount)
        : decimal.Round(amount, 2) + 0.00m;
}

static async Task AnswerAsync(Session<ExpenseApproval, Verdict> session, string id, string[] words)
{
    if (words.Length < 2 || words[1] is not ("yes" or "no"))
    {
        Console.WriteLine("Say who, then yes or no.");
        return;
    }

    var approval = new Approval(words[1] == "yes", words[0], words.Length > 2 ? words[2] : null);

    // The key makes a repeated answer one answer.
    var options = new SignalOptions { Sender = words[0], Key = id };
    var isNew = words[0].ToUpperInvariant() switch
    {
        "MANAGER" => await session.ManagerAsync(approval, options),
        "BUDGET" => await session.BudgetAsync(approval, options),
        "COMPLIANCE" => await session.ComplianceAsync(approval, options),
        _ => false,
    };
    if (!isNew)
    {
        Console.WriteLine($"{words[0]} has answered already, or is not asked.");
    }
}

static async Task<bool> SettleAsync(AgentRuntime runtime, ExpenseApproval agent, string id, decimal amount, string? line)
{
    var words = line?.Split(' ', 2) ?? [];
    if (words is ["paid", var receipt])
    {
        await runtime.SettleAsync(agent, id, "Reimburse", Settlement.Completed(new Receipt(receipt, amount)));
        return true;
    }

    if (words is ["unpaid"])
    {
        await runtime.SettleAsync(agent, id, "Reimburse", Settlement.Retry);
        return true;
    }

    return false;
}
