using System.Text.RegularExpressions;
using AgentFlow.Testing;

namespace AgentFlow.Samples.Chatting;

/// <summary>What the sample says offline: enough to show that it streams, remembers and reminds.</summary>
internal static partial class Script
{
    public static ScriptedReply Answer(ScriptedRequest request)
    {
        var said = request.Text;
        var name = request.Messages.Select(static m => Name().Match(m.Text)).LastOrDefault(static m => m.Success)?.Groups[1].Value;
        var reply = said switch
        {
            Chatbot.Reminder => name is null ? "Are you still there? Is there anything else?" : $"Are you still there, {name}?",
            _ when Name().IsMatch(said) => $"Nice to meet you, {name}. I will remember your name.",
            _ when said.Contains("my name", StringComparison.OrdinalIgnoreCase) => name is null ? "You have not told me your name." : $"Your name is {name}.",
            _ => $"You said \"{said}\". I am a script, and know only names: set OPENAI_API_KEY for a real model.",
        };
        return ScriptedReply.Streamed(Word().Matches(reply).Select(static m => m.Value));
    }

    [GeneratedRegex(@"my name is (\w+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"\S+\s*")]
    private static partial Regex Word();
}
