namespace AgentFlow.Samples.Research.Terminal;

/// <summary>What the program was asked to do.</summary>
public sealed record CommandLine
{
    private static readonly string[] GraphFormats = ["mermaid", "dot", "json"];

    /// <summary>How the program is used.</summary>
    public const string Usage = """
        Answers a question about a folder from its documents, source code and git history. Works offline;
        where OPENAI_API_KEY or OPENAI_BASE_URL is set, a language model (OPENAI_MODEL) writes the answer.

        Usage: ResearchAssistant [options] "question"

          --folder DIR      where to look (default: the git repository around the current folder, else that folder)
          --out FILE        also write the report to a file
          --plan            print the agent's execution plan and stop
          --graph [FORMAT]  print the agent's graph as mermaid (default), dot or json and stop
          --help            print this and stop

        Example: ResearchAssistant --folder ../project "how are cycles found"

        """;

    /// <summary>The question.</summary>
    public string Question { get; init; } = "";

    /// <summary>Where to look, if it was said.</summary>
    public string? Folder { get; init; }

    /// <summary>Where to write the report as well.</summary>
    public string? Out { get; init; }

    /// <summary>Whether to print the plan.</summary>
    public bool Plan { get; init; }

    /// <summary>The format in which to print the graph, if it is to be printed.</summary>
    public string? Graph { get; init; }

    /// <summary>Whether to print <see cref="Usage"/>.</summary>
    public bool Help { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="args">The arguments; the words of the question need not be quoted.</param>
    /// <exception cref="UsageException">They make no sense.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        var words = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == "--")
            {
                words.AddRange(args.Skip(i + 1));
                break;
            }

            var (option, value) = args[i].Split('=', 2) is [['-', '-', ..], _] pair ? (pair[0], pair[1]) : (args[i], null);
            switch (option)
            {
                case "--help" or "-h" or "-?":
                    line = line with { Help = true };
                    break;
                case "--plan":
                    line = line with { Plan = true };
                    break;
                case "--graph":
                    value ??= i + 1 < args.Count && GraphFormats.Contains(args[i + 1]) ? args[++i] : GraphFormats[0];
                    line = line with { Graph = GraphFormats.Contains(value) ? value : throw new UsageException($"unknown graph format '{value}': use mermaid, dot or json") };
                    break;
                case "--folder" or "-f":
                    line = line with { Folder = Value() };
                    break;
                case "--out" or "-o":
                    line = line with { Out = Value() };
                    break;
                case ['-', _, ..]:
                    throw new UsageException($"unknown option '{option}'");
                default:
                    words.Add(args[i]);
                    break;
            }

            string Value() => value is { Length: > 0 } ? value
                : value is null && i + 1 < args.Count ? args[++i]
                : throw new UsageException($"option '{option}' needs a value");
        }

        return line with { Question = string.Join(' ', words).Trim() };
    }
}
