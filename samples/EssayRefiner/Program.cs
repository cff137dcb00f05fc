using AgentFlow;
using AgentFlow.Samples;
using AgentFlow.Samples.Essays;

const string Usage = """
    Makes a text easier to read.
    usage: EssayRefiner [file]     without a file, an example
    """;

const string Example =
    "It should be noted that our team utilizes a very large number of tools in order to facilitate the review of every change, and the results of each "
    + "review are subsequently stored in a place where approximately everybody can read them. Prior to the release we really commence a second review.";

return await Sample.RunAsync(args, Usage, static async words =>
{
    if (words.Length > 1 || (words.Length == 1 && !File.Exists(words[0])))
    {
        throw new WrongUsageException(words.Length > 1 ? "more than one file" : $"no file '{words[0]}'");
    }

    Essay? essay = null;
    await foreach (var e in new EssayRefiner().StreamAsync(words.Length > 0 ? await File.ReadAllTextAsync(words[0]) : Example))
    {
        if (e is { Kind: AgentEventKind.ActionCompleted, Action: "Criticise" } && e.TryGetValue<Critique>(out var critique))
        {
            Console.WriteLine($"{e.Iteration}. grade {critique.Grade:0.0}: {(critique.Remarks.Count == 0 ? "nothing to mend" : string.Join(", ", critique.Remarks))}");
        }

        if (e.Kind == AgentEventKind.AgentCompleted)
        {
            _ = e.TryGetValue(out essay);
        }
    }

    Console.WriteLine();
    Console.WriteLine(essay!.Text);
    return Sample.Success;
});
