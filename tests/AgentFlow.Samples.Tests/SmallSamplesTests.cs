using AgentFlow.Samples.Essays;
using AgentFlow.Samples.Links;
using AgentFlow.Samples.Tickets;
using AgentFlow.Samples.Trips;

namespace AgentFlow.Samples.Tests;

public class SmallSamplesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("The server is down and nobody can log in", "on call: operations — Somebody is looking at it now.")]
    [InlineData("Please send the invoice again", "queue: billing — You will hear from us within a day.")]
    [InlineData("Hello", "queue: general — You will hear from us within a day.")]
    public async Task Tickets_take_one_branch(string ticket, string reply) => Assert.Equal(reply, await new TicketRouter().RunAsync(ticket, Token));

    [Fact]
    public async Task Essays_are_refined_until_nothing_is_left_to_mend()
    {
        var essay = await new EssayRefiner().RunAsync("We utilize very big tools in order to help.", Token);
        Assert.Equal(("We use big tools to help.", 0), (essay.Text, essay.Critique.Remarks.Count));
        Assert.Equal(3, essay.Iterations);
        Assert.Equal(1, (await new EssayRefiner().RunAsync("It is fine.", Token)).Iterations);
    }

    [Fact]
    public async Task Links_are_found_in_the_first_file_that_has_one()
    {
        using var scene = new Scene().WriteProject().Write("z.txt", "nothing\nsee https://example.org\n");
        var look = await new LinkFinder().RunAsync(scene.Folder, "HTTPS://", Token);
        Assert.Equal((Path.Combine(scene.Folder, "z.txt"), 2, "see https://example.org"), (look!.Path, look.Line, look.Text));
        Assert.Null(await new LinkFinder().RunAsync(scene.Folder, "no such text", Token));
    }

    [Fact]
    public async Task A_failed_trip_is_undone_from_the_last_booking_to_the_first()
    {
        var log = new StringWriter();
        await Assert.ThrowsAsync<ActionFailedException>(async () => await new TripSaga("car", log).RunAsync("Lisbon", Token));
        Assert.Equal(["undone: hotel Astoria", "undone: flight AF 101"], log.ToString().Split(Environment.NewLine).Where(l => l.StartsWith("undone", StringComparison.Ordinal)));

        log = new StringWriter();
        Assert.Equal("Astoria", (await new TripSaga(null, log).RunAsync("Lisbon", Token)).Hotel.Name);
        Assert.DoesNotContain("undone", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_programs_run()
    {
        using var scene = new Scene().WriteProject();
        var tickets = await ProgramRun.OfAsync(typeof(TicketRouter), scene.Folder);
        Assert.Equal((0, 6, ""), (tickets.Code, tickets.Out.TrimEnd().Split('\n').Length, tickets.Error));

        var essay = await ProgramRun.OfAsync(typeof(EssayRefiner), scene.Folder);
        Assert.Equal(0, essay.Code);
        Assert.Contains("nothing to mend", essay.Out, StringComparison.Ordinal);
        var missing = await ProgramRun.OfAsync(typeof(EssayRefiner), scene.Folder, "none.txt");
        Assert.Equal((2, "", "error: no file 'none.txt'"), (missing.Code, missing.Out, missing.Error.Split('\n')[0]));

        Assert.Equal((0, "README.md:3: Kettle boils water.\n", ""), await ProgramRun.OfAsync(typeof(LinkFinder), scene.Folder, "boils water"));
        Assert.Equal(1, (await ProgramRun.OfAsync(typeof(LinkFinder), scene.Folder, "no such text")).Code);
        Assert.Equal(2, (await ProgramRun.OfAsync(typeof(LinkFinder), scene.Folder, "x", "none")).Code);

        Assert.Equal((1, "booked: flight to Lisbon\nundone: flight AF 101\nfailed: no hotel is free\n", ""), await ProgramRun.OfAsync(typeof(TripSaga), scene.Folder, "hotel"));
        Assert.Equal(0, (await ProgramRun.OfAsync(typeof(TripSaga), scene.Folder)).Code);
        Assert.Equal(2, (await ProgramRun.OfAsync(typeof(TripSaga), scene.Folder, "boat")).Code);
    }
}
