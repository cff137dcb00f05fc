using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// The calls of a reply, put together from their fragments. By the protocol a call has an index of its own and an id; some servers number all calls with 0, or give no ids.
/// </summary>
internal sealed class StreamedCalls
{
    private readonly List<Call> _calls = [];
    private readonly Dictionary<int, Call> _byIndex = [];

    public int Count => _calls.Count;

    /// <summary>Takes a fragment.</summary>
    public void Add(int index, string? id, string? name, string? arguments)
    {
        if (!_byIndex.TryGetValue(index, out var call) || IsAnother(call, id, name))
        {
            _byIndex[index] = call = new();
            _calls.Add(call);
        }

        call.Id ??= string.IsNullOrEmpty(id) ? null : id;
        call.Name ??= string.IsNullOrEmpty(name) ? null : name;
        call.Arguments.Append(arguments);
    }

    /// <summary>The calls, in the order in which they began.</summary>
    /// <exception cref="ModelException">One has no name.</exception>
    public IEnumerable<AIContent> Make(string? response, OpenAIErrors errors) => _calls.Select((call, i) => call.Name is { } name
        ? (AIContent)JsonText.ParseCall(call.Id ?? string.Create(CultureInfo.InvariantCulture, $"{response ?? "call"}-{i}"), name, call.Arguments.ToString())
        : throw errors.Malformed(new InvalidOperationException("A tool call has no name.")));

    /// <summary>Whether a fragment begins another call than the one that has its index: it has another id, or, where there are none, a name when the arguments of that one are whole.</summary>
    private static bool IsAnother(Call call, string? id, string? name) => string.IsNullOrEmpty(id)
        ? !string.IsNullOrEmpty(name) && call.Name is not null && IsWhole(call.Arguments.ToString())
        : call.Id is not null ? call.Id != id : call.Name is not null && !string.IsNullOrEmpty(name) && IsWhole(call.Arguments.ToString());

    private static bool IsWhole(string arguments)
    {
        if (string.IsNullOrWhiteSpace(arguments))
        {
            return true;
        }

        try
        {
            JsonDocument.Parse(arguments).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed class Call
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
