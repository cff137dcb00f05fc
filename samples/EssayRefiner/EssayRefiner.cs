// Refines a text: write, criticise, revise, until there is nothing to criticise. Every iteration sees the one before through [Previous].
//   dotnet run --project samples/EssayRefiner -- essay.txt
using System.Text.RegularExpressions;

namespace AgentFlow.Samples.Essays;

/// <summary>What could be better about a text.</summary>
/// <param name="Remarks">What to mend, most important first; empty if nothing.</param>
/// <param name="Grade">The school years one needs to read it (Flesch and Kincaid, 1975).</param>
public sealed record Critique(IReadOnlyList<string> Remarks, double Grade);

/// <summary>A text after its last revision.</summary>
/// <param name="Text">The text.</param>
/// <param name="Critique">What the last look at it said.</param>
/// <param name="Iterations">How often it was looked at.</param>
public sealed record Essay(string Text, Critique Critique, int Iterations);

/// <summary>Makes a text easier to read: plain words for pompous ones, no padding, short sentences. One kind of mend an iteration.</summary>
[Agent(MaxIterations = 8, OnLimit = LimitPolicy.ReturnLast)]
public sealed partial class EssayRefiner
{
    [Action(Effect = Effect.None)]
    private static string Draft([Input] string text, [Previous(nameof(Draft))] string? draft, [Previous(nameof(Criticise))] Critique? critique) =>
        draft is null || critique is null ? Spaces().Replace(text.Trim(), " ") : Readability.Mend(draft, critique);

    [Action(Effect = Effect.None)]
    private static Critique Criticise([From(nameof(Draft))] string draft) => Readability.Criticise(draft);

    [Action(Effect = Effect.None)]
    private static Essay Publish([From(nameof(Draft))] string draft, Critique critique, ActionContext context) => new(draft, critique, context.Iteration);

    [Until]
    private static bool IsGood(Critique critique) => critique.Remarks.Count == 0;

    [GeneratedRegex(@"[ \t\r\n]+")]
    private static partial Regex Spaces();
}
