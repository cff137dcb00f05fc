// Finds a file that contains a text: [ForEach] reads several at once, and stops at the first that has it.
//   dotnet run --project samples/LinkFinder -- https:// docs
namespace AgentFlow.Samples.Links;

/// <summary>What reading one file gave.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">The first line with the text, from 1; 0 if there is none.</param>
/// <param name="Text">That line.</param>
public sealed record Look(string Path, int Line, string Text);

/// <summary>Reads a folder's files, four at a time, until one contains a text.</summary>
[Agent]
public sealed partial class LinkFinder
{
    [Action(Title = "List Files")]
    private static string[] List([Input] string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", new EnumerationOptions
        {
            RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
        }).Order(StringComparer.Ordinal)];

    [Action(Title = "Read a File"), ForEach(nameof(List), MaxParallel = 4, Until = nameof(HasIt), AllowPartialFailure = true)]
    private static async Task<Look> Read([Item] string path, [Input] string text, CancellationToken ct)
    {
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(path, ct))
        {
            number++;
            if (line.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return new(path, number, line.Trim());
            }
        }

        return new(path, 0, "");
    }

    [Action(Title = "Take the First")]
    private static Look? First([From(nameof(Read))] Look[] looks) => looks.FirstOrDefault(HasIt);

    private static bool HasIt(Look look) => look.Line > 0;
}
