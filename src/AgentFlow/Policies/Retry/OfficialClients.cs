using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Reflection;

namespace AgentFlow;

/// <summary>
/// The statuses and headers that exceptions of official clients hold, which are not derived from <see cref="HttpRequestException"/>. They
/// are known by name, so that nobody needs their packages.
/// </summary>
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

    /// <summary>
    /// What the answer's header <c>Retry-After</c> says: seconds or a date (RFC 9110, 10.2.3), or the milliseconds that some endpoints
    /// give.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where the members were trimmed away, the header is not known, and the delay is the policy's.")]
    public static TimeSpan? RetryAfterOf(Exception error, TimeProvider timeProvider)
    {
        if (StatusOf(error) is null)
        {
            return null;
        }

        try
        {
            var response = error.GetType().GetMethod("GetRawResponse", Type.EmptyTypes)?.Invoke(error, null);
            var headers = response?.GetType().GetProperty("Headers")?.GetValue(response);
            var find = headers?.GetType().GetMethod("TryGetValue", [typeof(string), typeof(string).MakeByRefType()]);
            return find is null ? null : Parse(Find("retry-after-ms"), Find("retry-after"), timeProvider);

            string? Find(string name)
            {
                object?[] arguments = [name, null];
                return find.Invoke(headers, arguments) is true ? arguments[1] as string : null;
            }
        }
        catch (Exception e) when (e is TargetInvocationException or AmbiguousMatchException)
        {
            return null; // A response that was disposed of, or another version of the client.
        }
    }

    internal static TimeSpan? Parse(string? milliseconds, string? header, TimeProvider timeProvider) =>
        double.TryParse(milliseconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var ms) ? Bounded(ms / 1000)
        : double.TryParse(header, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? Bounded(seconds)
        : DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Bounded((date - timeProvider.GetUtcNow()).TotalSeconds)
        : null;

    private static TimeSpan? Bounded(double seconds) => double.IsFinite(seconds) ? TimerSpan.OfSeconds(Math.Max(seconds, 0)) : null;
}
