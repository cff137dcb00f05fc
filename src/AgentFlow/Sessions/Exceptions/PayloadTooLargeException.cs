using System.Globalization;

namespace AgentFlow;

/// <summary>An input, output or signal is larger than may be recorded.</summary>
public sealed class PayloadTooLargeException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="what">What is too large.</param>
    /// <param name="bytes">How many bytes it has.</param>
    /// <param name="limit">How many it may have.</param>
    public PayloadTooLargeException(string session, string what, long bytes, long limit)
        : base(session, string.Create(CultureInfo.InvariantCulture, $"{what} of session '{session}' has {bytes} bytes, and {limit} may be recorded. Keep the data elsewhere and record where, or raise AgentRuntimeOptions.MaxPayload."))
    {
        Bytes = bytes;
        Limit = limit;
    }

    /// <summary>How many bytes it has.</summary>
    public long Bytes { get; }

    /// <summary>How many it may have.</summary>
    public long Limit { get; }
}
