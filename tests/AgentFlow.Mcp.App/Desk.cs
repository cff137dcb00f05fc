using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AgentFlow.AI;

namespace AgentFlow.Mcp.App;

/// <summary>Tools and agents that are served.</summary>
public static partial class Desk
{
    /// <summary>A server of them.</summary>
    public static McpToolServer Serve(McpToolServerOptions? options = null) => new(Registry(), options);

    /// <summary>All of them.</summary>
    public static ToolRegistry Registry() => new ToolRegistry().AddRange(Tools).Add(new Writer().AsTool()).Add(new Sleeper().AsTool()).Add(new Asker().AsTool()).Add(new Stepper().AsTool());

    /// <summary>A day of the week.</summary>
    public sealed record Day(string Name, int Number);

    [Tool(Name = "echo", Effect = Effect.None)]
    [Description("Says it again.")]
    private static string Echo([Description("What.")] [StringLength(1_000_000)] string text) => "echo " + text;

    [Tool(Name = "day", Effect = Effect.None)]
    [Description("Names a day of the week.")]
    private static Day DayOf([Description("From 1, Monday.")] [Range(1, 7)] int number) => new(((DayOfWeek)(number % 7)).ToString(), number);

    [Tool(Name = "fail")]
    [Description("Fails.")]
    private static string Fail([Description("A secret.")] string password) => throw new InvalidOperationException("The password is " + password);

    [Tool(Name = "refuse")]
    [Description("Says how to do better.")]
    private static string Refuse() => throw new ToolErrorException("Ask for the blue one.");

    [Tool(Name = "die")]
    [Description("Ends the process.")]
    private static void Die() => Environment.Exit(3);

    [Tool(Name = "erase", Approval = ApprovalPolicy.Required)]
    [Description("Erases everything.")]
    private static string Erase([Description("What.")] string what) => "erased " + what;
}

/// <summary>Writes about something, in three steps.</summary>
[Agent, Tool(Name = "write", Effect = Effect.None)]
public sealed partial class Writer
{
    /// <summary>Collects.</summary>
    /// <param name="topic">What to write about.</param>
    /// <param name="words">How many words.</param>
    [Action]
    private static string Collect([Input] string topic, [Input] int words = 3) => $"{words} words about {topic}";

    [Action]
    private static Draft Draft(string collect) => new(collect + ", drafted");

    [Action]
    private static Text Polish(Draft draft) => new(draft.Words + ", polished");
}

/// <summary>A draft.</summary>
public sealed record Draft(string Words);

/// <summary>A text.</summary>
public sealed record Text(string Words);

/// <summary>Sleeps until it is woken, which is when it is cancelled.</summary>
[Agent, Tool(Name = "sleep")]
public sealed partial class Sleeper
{
    /// <summary>Sleeps.</summary>
    /// <param name="started">The file that says that it sleeps.</param>
    /// <param name="cancelled">The file that says that it was woken.</param>
    /// <param name="cancellationToken">Wakes it.</param>
    [Action]
    private static async Task<string> Sleep([Input] string started, [Input] string cancelled, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(started, "", CancellationToken.None);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return "never";
        }
        finally
        {
            await File.WriteAllTextAsync(cancelled, "", CancellationToken.None);
        }
    }
}

/// <summary>Asks somebody, and waits.</summary>
[Agent, Tool(Name = "ask")]
public sealed partial class Asker
{
    /// <summary>Prepares the question.</summary>
    /// <param name="question">What to ask.</param>
    [Action]
    private static string Prepare([Input] string question) => question + "?";

    [Action]
    private static string Conclude([From(nameof(Prepare))] string question, bool answer) => $"{question} {answer}";

    [Signal, DependsOn(nameof(Prepare))]
    private partial Task<bool> Answer();
}

/// <summary>Takes a step, and the next one when it is told to.</summary>
[Agent, Tool(Name = "step")]
public sealed partial class Stepper
{
    /// <summary>Takes the first step.</summary>
    /// <param name="go">The file that tells it to go on.</param>
    [Action]
    private static Stride First([Input] string go) => new(go);

    [Action]
    private static async Task<string> Second(Stride first)
    {
        await Files.IsThereAsync(first.Go, CancellationToken.None);
        return "two steps";
    }

    /// <summary>A step.</summary>
    public sealed record Stride(string Go);
}
