using AgentFlow.AI.Retrieval;

namespace AgentFlow.AI;

/// <summary>Answers requests of one class.</summary>
/// <param name="name">The class: not blank.</param>
/// <param name="respondAsync">Answers. The context is that of the action <c>Handle</c>: by <c>AskAsync</c> it asks models, whose tokens are events and whose usage counts.</param>
public sealed class ReactiveHandler(string name, Func<ReactiveRequest, ActionContext, CancellationToken, ValueTask<string>> respondAsync)
{
    private readonly string[] _keywords = [];

    /// <summary>The class.</summary>
    public string Name { get; } = string.IsNullOrWhiteSpace(name) ? throw new ArgumentException("A handler has a name.", nameof(name)) : name;

    /// <summary>Answers.</summary>
    public Func<ReactiveRequest, ActionContext, CancellationToken, ValueTask<string>> RespondAsync { get; } = respondAsync ?? throw new ArgumentNullException(nameof(respondAsync));

    /// <summary>Words and phrases that requests of the class have. Case, punctuation and plurals do not count. Default: none; then only a classifier of one's own finds it.</summary>
    /// <exception cref="ArgumentException">One has no word in it.</exception>
    public IReadOnlyList<string> Keywords
    {
        get => _keywords;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _keywords = [.. value];
            Phrases = [.. value.Select(static keyword => Words.Of(keyword ?? "").ToArray())];
            if (Array.FindIndex(Phrases, static phrase => phrase.Length == 0) is var at and >= 0)
            {
                throw new ArgumentException($"Keyword '{_keywords[at]}' of handler '{Name}' has no word in it.", nameof(value));
            }
        }
    }

    /// <summary>Whether requests that are alike may have the same answer. Never so for what has an effect. Default: <see langword="false"/>.</summary>
    public bool IsCacheable { get; init; }

    internal string[][] Phrases { get; private init; } = [];
}
