using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace AgentFlow;

/// <summary>The statuses that exceptions of official clients hold, which are not derived from <see cref="HttpRequestException"/>. They are known by name, so that nobody needs their packages.</summary>
internal static class OfficialClients
{
    private static readonly string[] s_types = ["System.ClientModel.ClientResultException", "Azure.RequestFailedException"];

    /// <summary>The status of the answer; null for another exception, or if no answer came.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where the property was trimmed away, nothing but the package reads it; then the exception is not known, and not retried.")]
    public static HttpStatusCode? StatusOf(Exception error)
    {
        for (var type = error.GetType(); type is not null && type != typeof(Exception); type = type.BaseType)
        {
            if (s_types.Contains(type.FullName) && type.GetProperty("Status")?.GetValue(error) is int and not 0 and var status)
            {
                return (HttpStatusCode)status;
            }
        }

        return null;
    }
}
