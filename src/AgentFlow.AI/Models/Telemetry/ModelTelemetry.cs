using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;

namespace AgentFlow.AI;

/// <summary>The instruments of model calls, by the OpenTelemetry semantic conventions for generative AI, under the name of <see cref="AgentTelemetry"/>.</summary>
internal static class ModelTelemetry
{
    internal static readonly ActivitySource Source = new(AgentTelemetry.Name);
    internal static readonly Meter Meter = new(AgentTelemetry.Name);

    /// <summary>The buckets are those of the conventions.</summary>
    internal static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration",
        "s",
        "How long calls of models take.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    internal static readonly Histogram<long> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage",
        "{token}",
        "How many tokens calls of models use.",
        advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    /// <summary>What all spans and measurements of a call say.</summary>
    internal static TagList Tags(string operation, string? provider, string? model, Uri? server)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", operation },
            { "gen_ai.provider.name", provider ?? "unknown" },
        };
        if (model is not null)
        {
            tags.Add("gen_ai.request.model", model);
        }

        if (server is not null)
        {
            tags.Add("server.address", server.Host);
            tags.Add("server.port", server.Port);
        }

        return tags;
    }

    /// <summary>The status where there is one, as it says more than the type.</summary>
    internal static string ErrorType(Exception error) => error is HttpRequestException { StatusCode: HttpStatusCode status }
        ? ((int)status).ToString(CultureInfo.InvariantCulture)
        : error.GetType().FullName ?? "_OTHER";
}
