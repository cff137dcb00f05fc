using AgentFlow.Samples;
using AgentFlow.Samples.Links;

const string Usage = """
    Finds a file that contains a text.
    usage: LinkFinder [text [folder]]     default: https:// in the current folder; exit code 1 if no file has it
    """;

return await Sample.RunAsync(args, Usage, static async words =>
{
    if (words.Length > 2 || words is ["", ..])
    {
        throw new WrongUsageException(words.Length > 2 ? "more than a text and a folder: put the text in quotes" : "the text is empty");
    }

    var text = words.Length > 0 ? words[0] : "https://";
    var folder = words.Length > 1 ? words[1] : Directory.GetCurrentDirectory();
    if (!Directory.Exists(folder))
    {
        throw new WrongUsageException($"no folder '{folder}'");
    }

    if (await new LinkFinder().RunAsync(folder, text) is { } look)
    {
        Console.WriteLine($"{Path.GetRelativePath(folder, look.Path)}:{look.Line}: {look.Text}");
        return Sample.Success;
    }

    Console.WriteLine($"no file in '{folder}' contains '{text}'");
    return Sample.Failure;
});
