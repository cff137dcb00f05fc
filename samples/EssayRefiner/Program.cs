using AgentFlow;
using AgentFlow.Samples.Essays;

const string Example =
    "It should be noted that our team utilizes a very large number of tools in order to facilitate the review of every change, and the results of each "
    + "review are subsequently stored in a place where approximately everybody can read them. Prior to the release we really commence a second review.";

if (args.Length > 0 && !File.Exists(args[0]))
{
    Console.Error.WriteLine($"error: no file '{args[0]}'");
    return 2;
}

Essay? essay = null;
await foreach (var e in new EssayRefiner().StreamAsync(args.Length > 0 ? await File.ReadAllTextAsync(args[0]) : Example))
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
return 0;
