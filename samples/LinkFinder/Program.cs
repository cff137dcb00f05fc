using AgentFlow.Samples.Links;

var text = args.Length > 0 ? args[0] : "https://";
var folder = args.Length > 1 ? args[1] : Directory.GetCurrentDirectory();
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine($"error: no folder '{folder}'");
    return 2;
}

if (await new LinkFinder().RunAsync(folder, text) is { } look)
{
    Console.WriteLine($"{Path.GetRelativePath(folder, look.Path)}:{look.Line}: {look.Text}");
    return 0;
}

Console.WriteLine($"no file in '{folder}' contains '{text}'");
return 1;
