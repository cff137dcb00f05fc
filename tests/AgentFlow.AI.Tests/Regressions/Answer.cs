using System.ClientModel.Primitives;
using System.Diagnostics.CodeAnalysis;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>An answer as the official client has it, of a status and one header.</summary>
internal sealed class Answer(int status, string header, string value) : PipelineResponse
{
    public override int Status => status;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; }

    public override BinaryData Content => BinaryData.FromString("");

    protected override PipelineResponseHeaders HeadersCore { get; } = new OneHeader(header, value);

    public override BinaryData BufferContent(CancellationToken cancellationToken = default) => Content;

    public override ValueTask<BinaryData> BufferContentAsync(CancellationToken cancellationToken = default) => new(Content);

    public override void Dispose()
    {
    }

    private sealed class OneHeader(string header, string value) : PipelineResponseHeaders
    {
        public override IEnumerator<KeyValuePair<string, string>> GetEnumerator() => new List<KeyValuePair<string, string>> { new(header, value) }.GetEnumerator();

        public override bool TryGetValue(string name, [NotNullWhen(true)] out string? found)
        {
            found = name.Equals(header, StringComparison.OrdinalIgnoreCase) ? value : null;
            return found is not null;
        }

        public override bool TryGetValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = TryGetValue(name, out var found) ? [found] : null;
            return values is not null;
        }
    }
}
