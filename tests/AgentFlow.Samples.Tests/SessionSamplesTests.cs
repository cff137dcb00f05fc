using System.Diagnostics;
using AgentFlow.Samples.Expenses;
using AgentFlow.Samples.Exploring;

namespace AgentFlow.Samples.Tests;

public class SessionSamplesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_expense_report_goes_through_three_people_and_many_processes_to_one_payment()
    {
        using var scene = new Scene();
        var first = await TypeAsync("manager yes\n");
        Assert.Contains("waits for Manager", first, StringComparison.Ordinal);
        Assert.Contains("waits for Budget and Compliance", first, StringComparison.Ordinal);
        Assert.Contains("goes on when the same command is given again", first, StringComparison.Ordinal);

        // In parallel: whoever answers first.
        Assert.Contains("waits for Budget.", await TypeAsync("compliance yes\ncompliance yes\n"), StringComparison.Ordinal);
        Assert.Contains("reimbursed 420.50, receipt R001", await TypeAsync("budget yes\n"), StringComparison.Ordinal);
        Assert.Contains("reimbursed 420.50, receipt R001", await TypeAsync(""), StringComparison.Ordinal);
        Assert.Equal(["R001 420.50 for trip-1/1/Reimburse/0"], await File.ReadAllLinesAsync(Path.Combine(scene.Folder, "payments.txt"), Token));

        var refused = await ProgramRun.TypingAsync(typeof(ExpenseApproval), scene.Folder, "manager no too dear\n", "trip-2", "a yacht", "1e6");
        Assert.Equal(2, refused.Code);
        refused = await ProgramRun.TypingAsync(typeof(ExpenseApproval), scene.Folder, "manager no too dear\n", "trip-2", "a yacht", "1000000");
        Assert.Contains("refused by manager: too dear", refused.Out, StringComparison.Ordinal);

        async Task<string> TypeAsync(string input)
        {
            var (code, output, error) = await ProgramRun.TypingAsync(typeof(ExpenseApproval), scene.Folder, input, "trip-1", "conference", "420.50");
            Assert.Equal((0, ""), (code, error));
            return output;
        }
    }

    [Fact]
    public async Task A_killed_program_goes_on_when_the_same_command_is_given_again()
    {
        using var scene = new Scene();
        var start = new ProcessStartInfo("dotnet", [typeof(ExpenseApproval).Assembly.Location, "trip-3", "taxi", "12"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["EXPENSES"] = scene.Folder },
        };
        using (var process = Process.Start(start)!)
        {
            Assert.Contains("waits for Manager", await process.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
            await process.StandardInput.WriteLineAsync("manager yes");
            await process.StandardInput.FlushAsync(Token);
            Assert.Contains("waits for Budget and Compliance", await process.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
            process.Kill();
            await process.WaitForExitAsync(Token);
        }

        var again = await ProgramRun.TypingAsync(typeof(ExpenseApproval), scene.Folder, "budget yes\ncompliance yes\n", "trip-3", "taxi", "12");
        Assert.Contains("trip-3: reimbursed 12, receipt R001", again.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_best_of_three_forks_is_merged()
    {
        using var scene = new Scene();
        var (code, output, error) = await ProgramRun.OfAsync(typeof(Packer), scene.Folder);
        Assert.Equal((0, ""), (code, error));
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        var best = lines[..3].MaxBy(static l => int.Parse(l.Split("value ")[^1], System.Globalization.CultureInfo.InvariantCulture))!;
        Assert.Equal("main: " + best[(best.IndexOf(": ", StringComparison.Ordinal) + 2)..], lines[3]);
    }
}
