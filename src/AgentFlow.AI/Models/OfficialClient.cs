using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;

namespace AgentFlow.AI;

/// <summary>What the official client of OpenAI throws, as this library's exceptions say it: with a status, a code and the time to wait.</summary>
internal static class OfficialClient
{
    /// <summary>Another exception that says the same; the same for one of another client.</summary>
    public static Exception Translate(Exception error, TimeProvider? timeProvider = null) => error is ClientResultException { Status: >= 400 } refused
        ? new ModelException($"The endpoint answered with status {refused.Status}.", (HttpStatusCode)refused.Status, OpenAIErrors.RetryAfter(Response(refused), timeProvider ?? TimeProvider.System), OpenAIErrors.Body(Response(refused)).Code)
        : error;

    private static PipelineResponse? Response(ClientResultException error)
    {
        try
        {
            var response = error.GetRawResponse();
            return response is { Content: not null } ? response : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Its content was not read.
        }
    }
}
