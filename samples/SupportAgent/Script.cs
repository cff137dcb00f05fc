using System.Globalization;
using System.Text.RegularExpressions;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.Samples.Support;

/// <summary>What the sample's model says offline: it decides by what it is shown, as a model does, but knows one way of working.</summary>
internal static partial class Script
{
    public static ScriptedReply Answer(ScriptedRequest request)
    {
        var question = request.Messages.First(static m => m.Role == ChatRole.User).Text;
        var results = request.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static r => r.Result?.ToString() ?? "").ToList();
        var number = Number().Match(question).Value;
        if (number.Length == 0)
        {
            return "Which order is it about? Please give its number: four digits.";
        }

        return results.Count switch
        {
            0 => Call("I look the order up.", "FindOrder", $$"""{"number":{{number}}}"""),
            1 when !results[0].Contains('"', StringComparison.Ordinal) => $"I cannot find an order {number}.",
            1 => Call("I look up what our rules say.", "search_files", """{"query":"refund damaged goods delivery"}"""),
            2 when Wanted().IsMatch(question) => Call("The goods arrived damaged within 30 days: they are refunded in full.", "Refund", $$"""{"number":{{number}},"amount":{{PriceOf(results[0])}},"reason":"damaged"}"""),
            2 => $"Order {number}: {results[0]}",
            _ when results[2].StartsWith("Error:", StringComparison.Ordinal) => $"I could not refund order {number}. {results[2]["Error:".Length..].Trim()}",
            _ => $"I am sorry about that. {results[2]} You need not send anything back.",
        };
    }

    private static ScriptedReply Call(string thought, string tool, string arguments) => ScriptedReply.Call(tool, arguments) with { Chunks = [thought] };

    private static string PriceOf(string order) => decimal.Parse(Price().Match(order).Groups[1].Value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\b\d{4}\b")]
    private static partial Regex Number();

    [GeneratedRegex("broken|damaged|refund", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wanted();

    [GeneratedRegex(@"[Pp]rice""\s*:\s*([0-9.]+)")]
    private static partial Regex Price();
}
