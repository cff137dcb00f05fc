using System.Globalization;
using AgentFlow;
using AgentFlow.Samples.Expenses;

// ExpenseApproval <id> <purpose> <amount>: begins the report, or goes on with it, whatever became of the program the last time.
if (args is not [var id, var purpose, var text] || !decimal.TryParse(text, CultureInfo.InvariantCulture, out var amount))
{
    Console.Error.WriteLine("usage: ExpenseApproval <id> <purpose> <amount>");
    return 2;
}

var folder = Environment.GetEnvironmentVariable("EXPENSES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "agentflow-expenses");
Directory.CreateDirectory(folder);
var agent = new ExpenseApproval(new Ledger(Path.Combine(folder, "payments.txt")));
await using var store = new SqliteSessionStore(Path.Combine(folder, "expenses.db"));
await using var runtime = new AgentRuntime(store, new() { Owner = "expenses" });
var session = await runtime.StartOrResumeAsync(agent, (purpose, amount), new() { Id = id });

while (true)
{
    var state = await session.WaitAsync();
    if (state == SessionState.Uncertain)
    {
        Console.WriteLine($"{id}: was it paid? Look into the bank's book and type: paid <receipt>, or: unpaid");
        if (!await SettleAsync(Console.ReadLine()))
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
        return 0;
    }

    await AnswerAsync(line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries));
}

Console.WriteLine($"{id}: {(await session.Result).Text}");
return 0;

async Task AnswerAsync(string[] words)
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
        return;
    }
}

async Task<bool> SettleAsync(string? line)
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
