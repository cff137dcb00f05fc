using Xunit;

namespace AgentFlow.Fuzz.Tests;

/// <summary>Trials that went as they should and were taken for wrong; each with what would have been.</summary>
public sealed class KnownTrialsTests
{
    /// <summary>Until its end was known, a precondition said one thing of the element that had begun, and another of the next.</summary>
    private const string OneElementOfTwo = """
        Start|3|G1102231|1|0|-1|1|778||1
        End|3|G1102231|1|0|-1|1|778|820160647|1
        Start|3|G1102231|1|10|-1|1|||1
        End|3|G1102231|1|10|-1|1||[274880220]|1
        Start|3|G1102231|1|15|-1|1|||1
        End|3|G1102231|1|15|-1|1||853521839|1
        Start|3|G1102231|1|1|-1|1|778||1
        End|3|G1102231|1|1|-1|1|778|436656662|1
        Start|8|G1102231|1|2|-1|1|436656662;820160647;436656662||1
        End|8|G1102231|1|2|-1|1|436656662;820160647;436656662|-|1
        Start|8|G1102231|1|3|-1|1|||1
        Start|8|G1102231|1|16|-1|1|853521839||1
        End|8|G1102231|1|16|-1|1|853521839|932320406|1
        End|8|G1102231|1|3|-1|1||[372891450,408532017]|1
        Start|8|G1102231|1|4|0|1|372891450;820160647;820160647;820160647||1
        Start|8|G1102231|1|4|1|1|408532017;820160647;820160647;820160647||1
        End|8|G1102231|1|4|0|1|372891450;820160647;820160647;820160647|318448293|1
        End|8|G1102231|1|4|1|1|408532017;820160647;820160647;820160647|751292008|1
        Fallback|8|G1102231|1|6|-1|1||764634336|1
        Start|8|G1102231|1|5|0|1|318448293;436656662||1
        End|8|G1102231|1|5|0|1|318448293;436656662|98282463|1
        Start|8|G1102231|1|5|1|1|751292008;436656662||1
        End|8|G1102231|1|5|1|1|751292008;436656662|121662536|1
        Start|8|G1102231|1|11|-1|1|764634336||1
        End|8|G1102231|1|11|-1|1|764634336|801648107|1
        Start|8|G1102231|1|9|0|1|778;372891450;436656662||1
        End|8|G1102231|1|9|0|1|778;372891450;436656662|167014469|1
        Undo|8|G1102231|1|9|-1|1||[167014469]|1
        Undo|8|G1102231|1|4|-1|1||[318448293,751292008]|1
        RunEnded|8|G1102231|1|0|-1|1||Failed 1/A11|1
        """;

    /// <summary>A child that had undone what it did went on in another process, in the same attempt of its caller.</summary>
    private const string ChildAfterDeath = """
        Start|1|root|1|1|-1|1|||1
        Start|1|root/1/A1/0.1|1|0|-1|1|64205281||1
        End|1|root/1/A1/0.1|1|0|-1|1|64205281|424193026|1
        Start|1|root/1/A1/0.1|1|1|-1|1|64205281;424193026||1
        Start|1|root/1/A1/0.1|1|2|-1|1|424193026||1
        End|1|root/1/A1/0.1|1|1|-1|1|64205281;424193026|[655483486]|1
        Start|1|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|1|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|1|root/1/A1/0.1|1|2|-1|1|424193026||1
        Undo|1|root/1/A1/0.1|1|0|-1|1||424193026|1
        Settled|3|root|1|1|-1|1|||1
        Start|3|root|1|1|-1|1|||1
        Start|3|root/1/A1/0.1|1|0|-1|1|64205281||1
        Start|3|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|3|root/1/A1/0.1|1|0|-1|1|64205281||1
        Cancelled|3|root/1/A1/0.1|1|3|0|1|655483486||1
        Cancelled|3|root|1|1|-1|1||1 |1
        """;

    /// <summary>A process that counted its attempts anew used the failure of a child that another had been about to redrive.</summary>
    private const string FailureUsedAgain = """
        Start|1|root|1|0|-1|1|129||1
        Start|1|root/1/A0/0.1|1|0|-1|1|529710422||1
        End|1|root/1/A0/0.1|1|0|-1|1|529710422|[803050714]|1
        Start|1|root/1/A0/0.1|1|2|-1|1|[803050714];[803050714]||1
        Cancelled|1|root/1/A0/0.1|1|2|-1|1|[803050714];[803050714]||1
        Undo|1|root/1/A0/0.1|1|0|-1|1||[803050714]|1
        Start|2|root|1|0|-1|1|129||1
        Fail|2|root|1|0|-1|1|129|1 Failed 1/A2|1
        Start|2|root|1|0|-1|2|129||1
        Start|3|root|1|0|-1|1|129||1
        Fail|3|root|1|0|-1|1|129|1 Failed 1/A2|1
        Start|3|root|1|0|-1|2|129||1
        Start|3|root/1/A0/0.1|1|0|-1|1|529710422||2
        End|3|root/1/A0/0.1|1|0|-1|1|529710422|[803050714]|2
        Start|3|root/1/A0/0.1|1|1|-1|1|||2
        Fail|3|root/1/A0/0.1|1|1|-1|1|||2
        Undo|3|root/1/A0/0.1|1|0|-1|1||[803050714]|2
        Fail|3|root|1|0|-1|2|129|1 Failed 1/A1|1
        """;

    private const Parts CrashParts = Parts.Redrives | Parts.RetriedChildren | Parts.UndoneAnswers | Parts.Signals | Parts.Children | Parts.AtMostOnce | Parts.Hanging
        | Parts.Delays | Parts.Contexts | Parts.Transactions;

    [Fact]
    public void A_precondition_holds_for_all_elements_or_none()
    {
        var model = Maker.Make(1102231, CrashParts);
        var end = new Ending(EndKind.Failed, "", ["1/A11"], "");
        Assert.Empty(Check(model, OneElementOfTwo, end, lives: 8, isDeferred: false));
        var next = "Start|8|G1102231|1|9|1|1|778;408532017;436656662||1\nEnd|8|G1102231|1|9|1|1|778;408532017;436656662|7|1\nUndo|8|G1102231|1|9|-1";
        Assert.Contains(
            Check(model, OneElementOfTwo.Replace("Undo|8|G1102231|1|9|-1", next, StringComparison.Ordinal), end, lives: 8, isDeferred: false),
            static complaint => complaint.Contains("A9", StringComparison.Ordinal));
    }

    [Fact]
    public void What_stands_of_a_child_was_made_of_what_was_there()
    {
        var model = Maker.Make(1702981);
        var end = new Ending(EndKind.TimedOut, "", null, "");
        Assert.Empty(Check(model, ChildAfterDeath, end, lives: 3, isDeferred: true));
        Assert.Contains(
            Check(model, ChildAfterDeath.Replace("3|root/1/A1/0.1|1|3|0|1|655483486|", "3|root/1/A1/0.1|1|3|0|1|655483487|", StringComparison.Ordinal), end, lives: 3, isDeferred: true),
            static complaint => complaint.Contains("A3", StringComparison.Ordinal));
    }

    [Fact]
    public void A_child_that_is_not_redriven_yet_failed_as_it_did()
    {
        var model = Maker.Make(1800208);
        var end = new Ending(EndKind.Failed, "", ["1/A0"], "");
        Assert.Empty(Check(model, FailureUsedAgain, end, lives: 3, isDeferred: false));
        Assert.Contains(
            Check(model, FailureUsedAgain.Replace("|2|129|1 Failed 1/A1|", "|2|129|1 Failed 1/A2|", StringComparison.Ordinal), end, lives: 3, isDeferred: false),
            static complaint => complaint.Contains("A2", StringComparison.Ordinal));
    }

    private static List<string> Check(Model model, string notes, Ending end, int lives, bool isDeferred)
    {
        var parsed = notes.Split('\n').Select(static (line, at) => Note.Parse(line.Trim()) with { At = at }).ToList();
        return Oracle.Check(new() { Model = model, Root = parsed[0].Path.Split('/')[0], Notes = parsed, End = end, IsSession = true, Lives = lives, IsDeferred = isDeferred });
    }
}
