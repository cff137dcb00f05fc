using AgentFlow.Samples.Chatting;
using AgentFlow.Samples.Essays;
using AgentFlow.Samples.Expenses;
using AgentFlow.Samples.Exploring;
using AgentFlow.Samples.Links;
using AgentFlow.Samples.Research;
using AgentFlow.Samples.Support;
using AgentFlow.Samples.Tickets;
using AgentFlow.Samples.Trips;

namespace AgentFlow.Samples.Tests.Regressions;

/// <summary>Help was taken for a ticket, wrong arguments for good ones, and a wrong setting ended in a stack trace.</summary>
public sealed class SamplesDidNotStandWhatPeopleTypeTests
{
    public static TheoryData<Type> Samples =>
        [typeof(TicketRouter), typeof(EssayRefiner), typeof(LinkFinder), typeof(TripSaga), typeof(Packer), typeof(ExpenseApproval), typeof(Chatbot), typeof(Shop), typeof(ResearchAssistant)];

    [Theory, MemberData(nameof(Samples))]
    public async Task Help_is_help_and_not_input(Type sample)
    {
        using var scene = new Scene();
        foreach (var help in (string[])["--help", "-h"])
        {
            var (code, output, error) = await ProgramRun.OfAsync(sample, scene.Folder, help);
            Assert.Equal((0, ""), (code, error));
            Assert.Contains("usage: ", output, StringComparison.OrdinalIgnoreCase);
        }

        // Nothing was begun for it.
        Assert.Empty(Directory.EnumerateFileSystemEntries(scene.Folder));
    }

    [Theory, MemberData(nameof(Samples))]
    public async Task An_unknown_option_is_refused(Type sample)
    {
        using var scene = new Scene();
        await RefusedAsync(sample, scene, "unknown option '--frobnicate'", "--frobnicate", "x", "1");
    }

    [Fact]
    public async Task Arguments_that_make_no_sense_are_refused()
    {
        using var scene = new Scene();
        await RefusedAsync(typeof(TicketRouter), scene, "the ticket is empty", "");
        await RefusedAsync(typeof(LinkFinder), scene, "the text is empty", "");
        await RefusedAsync(typeof(LinkFinder), scene, "put the text in quotes", "two", "words", "here");
        await RefusedAsync(typeof(EssayRefiner), scene, "no file", scene.Folder);
        await RefusedAsync(typeof(TripSaga), scene, "is no booking", "car", "boat");
        await RefusedAsync(typeof(Packer), scene, "'seven' is no whole number", "seven");
        await RefusedAsync(typeof(Packer), scene, "'99999999999' is no whole number", "99999999999");
        await RefusedAsync(typeof(Chatbot), scene, "more than one name", "Ada", "Lovelace");
        await RefusedAsync(typeof(Chatbot), scene, "cannot be an id", "Ada Lovelace");
        await RefusedAsync(typeof(Shop), scene, "a ticket's id and a question are needed", "ticket-1");
        await RefusedAsync(typeof(Shop), scene, "a ticket's id and a question are needed", "ticket-1", " ");
        await RefusedAsync(typeof(Shop), scene, "cannot be an id", "ticket 1", "Where is my parcel?");
        await RefusedAsync(typeof(ExpenseApproval), scene, "cannot be an id", "", "taxi", "12");
    }

    [Fact]
    public async Task Behind_two_dashes_nothing_is_an_option()
    {
        using var scene = new Scene().Write("a.txt", "one --flag here\n");
        Assert.Equal((0, "a.txt:1: one --flag here\n", ""), await ProgramRun.OfAsync(typeof(LinkFinder), scene.Folder, "--", "--flag"));
    }

    [Theory]
    [InlineData("-5", "is no amount")]
    [InlineData("0", "more than nothing")]
    [InlineData("1e6", "is no amount")]
    [InlineData("420,50", "is no amount")]
    [InlineData("1,000", "is no amount")]
    [InlineData("12.345", "more than two decimals")]
    [InlineData("79228162514264337593543950336", "is no amount")]
    public async Task An_expense_is_an_amount_of_money(string amount, string why)
    {
        using var scene = new Scene();
        await RefusedAsync(typeof(ExpenseApproval), scene, why, "trip-1", "taxi", amount);
    }

    [Fact]
    public async Task An_expense_report_that_is_changed_on_its_way_is_refused()
    {
        using var scene = new Scene();
        Assert.Contains("waits for Manager", (await ProgramRun.TypingAsync(typeof(ExpenseApproval), scene.Folder, "", "trip-1", "taxi", "12.50")).Out, StringComparison.Ordinal);
        await RefusedAsync(typeof(ExpenseApproval), scene, "'trip-1' was begun with another input 'amount'", "trip-1", "taxi", "1250");
        await RefusedAsync(typeof(ExpenseApproval), scene, "'trip-1' was begun with another input 'purpose'", "trip-1", "yacht", "12.50");

        // The same amount is the same, however it is written.
        var (code, output, error) = await ProgramRun.TypingAsync(typeof(ExpenseApproval), scene.Folder, "manager yes\nbudget yes\ncompliance yes\n", "trip-1", "taxi", "12.5");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("reimbursed 12.50, receipt R001", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Chatbot), "me", null)]
    [InlineData(typeof(Shop), "ticket-1", "Where is my parcel?")]
    [InlineData(typeof(ResearchAssistant), "thermostat", null)]
    public async Task A_malformed_endpoint_is_said_in_a_line(Type sample, string first, string? second)
    {
        using var scene = new Scene().WriteProject();
        string[] args = [.. new[] { first, second }.OfType<string>()];
        foreach (var endpoint in (string[])["localhost:8080", "http//example.org", "http://[", "ftp://example.org/v1", "/v1"])
        {
            var run = await ProgramRun.InAsync(sample, scene.Folder, new() { ["OPENAI_BASE_URL"] = endpoint }, "", args);
            Assert.Equal((2, ""), (run.Code, run.Out));
            Assert.StartsWith($"error: OPENAI_BASE_URL is '{endpoint}'", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        }

        var key = await ProgramRun.InAsync(sample, scene.Folder, new() { ["OPENAI_API_KEY"] = "sk-a\nb" }, "", args);
        Assert.Equal(2, key.Code);
        Assert.StartsWith("error: OPENAI_API_KEY holds a character", key.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-a", key.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Chatbot), "CHATBOT", new[] { "me" })]
    [InlineData(typeof(Shop), "SUPPORT", new[] { "ticket-1", "Where is my parcel?" })]
    [InlineData(typeof(ExpenseApproval), "EXPENSES", new[] { "trip-1", "taxi", "12" })]
    public async Task A_folder_that_cannot_be_used_is_said_in_a_line(Type sample, string variable, string[] args)
    {
        using var scene = new Scene().Write("file", "");
        var run = await ProgramRun.InAsync(sample, scene.Folder, new() { [variable] = Path.Combine(scene.Folder, "file", "below") }, "", args);
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.Matches("^error: [^\n]+\n$", run.Error);
    }

    private static async Task RefusedAsync(Type sample, Scene scene, string why, params string[] args)
    {
        var (code, output, error) = await ProgramRun.TypingAsync(sample, scene.Folder, "", args);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
