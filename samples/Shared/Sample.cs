namespace AgentFlow.Samples;

/// <summary>
/// What every sample does alike: it prints help when asked, says in one line what goes wrong, and tells by its exit code.
/// </summary>
internal static class Sample
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int WrongUsage = 2;

    /// <summary>Runs a sample.</summary>
    /// <param name="args">Its arguments. What looks like an option and is none is refused; behind <c>--</c> nothing is an option.</param>
    /// <param name="usage">How it is used.</param>
    /// <param name="run">Takes the arguments that are no options; gives the exit code.</param>
    public static async Task<int> RunAsync(string[] args, string usage, Func<string[], Task<int>> run)
    {
        var options = args.TakeWhile(static a => a != "--").ToList();
        if (options.Exists(static a => a is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(usage);
            return Success;
        }

        try
        {
            return options.Find(static a => a.StartsWith("--", StringComparison.Ordinal)) is { } unknown
                ? throw new WrongUsageException($"unknown option '{unknown}'")
                : await run([.. options, .. args.Skip(options.Count + 1)]);
        }
        catch (WrongUsageException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            Console.Error.WriteLine(usage);
            return WrongUsage;
        }
        catch (Exception e) when (e is ActionFailedException or SessionException or RecordedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {e.Message.ReplaceLineEndings(" ")}");
            return Failure;
        }
    }
}
