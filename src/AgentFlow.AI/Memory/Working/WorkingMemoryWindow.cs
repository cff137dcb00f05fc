using System.Text;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Keeps a conversation within its tokens: the instructions and the latest turns stay, what falls out is summarised. A call is never separated from its result.
/// </summary>
/// <param name="options">What is kept. Default: <see cref="WorkingMemoryOptions.Default"/>.</param>
public sealed class WorkingMemoryWindow(WorkingMemoryOptions? options = null)
{
    private const int TokensPerMessage = 4;
    private const int MinTurnTokens = 16;
    private const int MaxSummarisedTurn = 8000;
    private const string Cut = "… [shortened]";

    private readonly WorkingMemoryOptions _options = options ?? WorkingMemoryOptions.Default;

    /// <summary>Counts the tokens of what a model is shown.</summary>
    /// <param name="memory">The conversation.</param>
    /// <returns>The tokens, as <see cref="WorkingMemoryOptions.CountTokens"/> counts them.</returns>
    public int Count(WorkingMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return (int)Math.Min(int.MaxValue, memory.Shown().Sum(turn => (long)TokensOf(turn)));
    }

    /// <summary>Keeps a conversation within its tokens. What falls out is left out, and only counted.</summary>
    /// <param name="memory">The conversation.</param>
    /// <returns>The conversation as it fits; the same if it does.</returns>
    /// <exception cref="InvalidOperationException">The instructions alone leave no room.</exception>
    public WorkingMemory Fit(WorkingMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return Divide(memory, out _);
    }

    /// <summary>Keeps a conversation within its tokens, in an action: the model's tokens and costs count as by <see cref="ActionContextModelExtensions"/>.</summary>
    /// <param name="memory">The conversation.</param>
    /// <param name="context">The action.</param>
    /// <param name="model">Summarises what falls out.</param>
    /// <param name="cancellationToken">The action's token.</param>
    /// <returns>The conversation as it fits; the same, and no model is asked, if it does.</returns>
    /// <exception cref="InvalidOperationException">The instructions alone leave no room.</exception>
    public ValueTask<WorkingMemory> FitAsync(WorkingMemory memory, ActionContext context, IChatClient model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return FitAsync(memory, messages => context.AskAsync(model, messages, SummaryOptions, cancellationToken));
    }

    /// <summary>Keeps a conversation within its tokens.</summary>
    /// <param name="memory">The conversation.</param>
    /// <param name="model">Summarises what falls out.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The conversation as it fits; the same, and no model is asked, if it does.</returns>
    /// <exception cref="InvalidOperationException">The instructions alone leave no room.</exception>
    public ValueTask<WorkingMemory> FitAsync(WorkingMemory memory, IChatClient model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return FitAsync(memory, messages => new ValueTask<ChatResponse>(model.GetResponseAsync(messages, SummaryOptions, cancellationToken)));
    }

    private ChatOptions SummaryOptions => new() { MaxOutputTokens = _options.SummaryTokens };

    private async ValueTask<WorkingMemory> FitAsync(WorkingMemory memory, Func<ChatMessage[], ValueTask<ChatResponse>> ask)
    {
        ArgumentNullException.ThrowIfNull(memory);
        var fitted = Divide(memory, out var fallen);
        if (fallen.Count == 0)
        {
            return fitted;
        }

        var summary = memory.Summary;
        foreach (var part in PartsOf(fallen))
        {
            var material = summary.Length == 0 ? $"What was said:\n{part}" : $"The summary so far:\n{summary}\n\nWhat was said since:\n{part}";
            var response = await ask([new(ChatRole.System, _options.SummaryInstructions), new(ChatRole.User, material)]).ConfigureAwait(false);
            summary = response.GetRefusal() is null && response.Text.Trim() is { Length: > 0 } text ? Shorten(text, SummaryRoom) : summary;
        }

        // Tokenizers may count more for two texts together than for each by itself.
        var whole = fitted with { Summary = summary };
        return Count(whole) <= _options.MaxTokens ? whole : whole with { Summary = Shorten(summary, SummaryRoom / 2) };
    }

    /// <summary>The room of the summary's own words: its heading is counted with it.</summary>
    private int SummaryRoom => Math.Max(0, _options.SummaryTokens - TokensOf(new WorkingMemory("") { Summary = "." }.Shown().First()));

    /// <summary>Parts the conversation into what stays and what falls out.</summary>
    private WorkingMemory Divide(WorkingMemory memory, out IReadOnlyList<TurnBlock> fallen)
    {
        fallen = [];
        if (Count(memory) <= _options.MaxTokens)
        {
            return memory;
        }

        var instructions = memory.Instructions.Length == 0 ? 0 : TokensOf(new Turn(TurnRole.System, memory.Instructions));
        var most = _options.MaxTokens - _options.SummaryTokens - instructions;
        if (most < MinTurnTokens)
        {
            throw new InvalidOperationException($"The instructions take {instructions} of {_options.MaxTokens} tokens, and leave none for the conversation. Shorten them, or set {nameof(WorkingMemoryOptions)}.{nameof(WorkingMemoryOptions.MaxTokens)} higher.");
        }

        var target = Math.Clamp((_options.MaxTokens * _options.TargetFill) - _options.SummaryTokens - instructions, MinTurnTokens, most);
        var blocks = TurnBlock.Split(memory.Turns);
        var kept = new List<TurnBlock>();
        var tokens = 0L;
        for (var i = blocks.Count - 1; i >= 0 && (tokens += TokensOf(blocks[i])) <= target; i--)
        {
            kept.Insert(0, blocks[i]);
        }

        if (kept.Count == 0 && blocks.Count > 0 && Shorten(blocks[^1], most) is { } shortened)
        {
            kept.Add(shortened);
        }

        fallen = [.. blocks.Take(blocks.Count - kept.Count)];
        return memory with
        {
            Turns = [.. kept.SelectMany(static block => block.Turns)],
            LeftOut = memory.LeftOut + fallen.Sum(static block => block.Turns.Count),
            Summary = Shorten(memory.Summary, SummaryRoom),
        };
    }

    private long TokensOf(TurnBlock block) => block.Shown().Sum(turn => (long)TokensOf(turn));

    private int TokensOf(Turn turn)
    {
        var tokens = (long)TokensPerMessage + CountOf(turn.Text);
        foreach (var call in turn.Calls)
        {
            tokens += (long)CountOf(call.Id) + CountOf(call.Name) + CountOf(call.Arguments);
        }

        foreach (var result in turn.Results)
        {
            tokens += (long)CountOf(result.CallId) + CountOf(result.Text);
        }

        return (int)Math.Min(int.MaxValue, tokens);
    }

    private int CountOf(string text) => text.Length == 0 ? 0 : _options.CountTokens(text);

    /// <summary>The last turns, made to fit by cutting texts and results; null if calls alone are too long.</summary>
    private TurnBlock? Shorten(TurnBlock block, int tokens)
    {
        for (var room = tokens; room > 0; room /= 2)
        {
            var shortened = new TurnBlock([.. block.Turns.Select(turn => turn with
            {
                Text = Shorten(turn.Text, room),
                Results = [.. turn.Results.Select(result => result with { Text = Shorten(result.Text, room) })],
            })]);
            if (TokensOf(shortened) <= tokens)
            {
                return shortened;
            }
        }

        return null;
    }

    /// <summary>The beginning of a text that has at most so many tokens.</summary>
    private string Shorten(string text, int tokens)
    {
        if (CountOf(text) <= tokens)
        {
            return text;
        }

        var (low, high) = (0, text.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = CountOf(Beginning(text, middle) + Cut) <= tokens ? (middle, high) : (low, middle - 1);
        }

        var shortened = Beginning(text, low) + Cut;
        return CountOf(shortened) <= tokens ? shortened : "";
    }

    private static string Beginning(string text, int length) => text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>What fell out as texts that each fit into a request.</summary>
    private IEnumerable<string> PartsOf(IReadOnlyList<TurnBlock> fallen)
    {
        var room = _options.MaxTokens;
        var part = new StringBuilder();
        foreach (var line in fallen.SelectMany(static block => block.Shown()).Select(Line))
        {
            var shortened = Shorten(line, room);
            if (part.Length > 0 && CountOf(part + shortened) > room)
            {
                yield return part.ToString();
                part.Clear();
            }

            part.Append(shortened).Append('\n');
        }

        if (part.Length > 0)
        {
            yield return part.ToString();
        }
    }

    private static string Line(Turn turn)
    {
        var line = new StringBuilder().Append(turn.Role).Append(": ").Append(turn.Text);
        foreach (var call in turn.Calls)
        {
            line.Append("\n  calls ").Append(call.Name).Append(' ').Append(call.Arguments);
        }

        foreach (var result in turn.Results)
        {
            line.Append(result.IsError ? "\n  failed: " : "\n  result: ").Append(result.Text);
        }

        return line.Length <= MaxSummarisedTurn ? line.ToString() : Beginning(line.ToString(), MaxSummarisedTurn) + Cut;
    }
}
