using System.Globalization;

namespace AgentFlow;

/// <summary>An input, output or signal is nested deeper than it could be read again.</summary>
public sealed class PayloadTooDeepException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="what">What is too deep.</param>
    /// <param name="path">The path to what lies too deep: names of members, no values.</param>
    /// <param name="limit">How many levels there may be.</param>
    public PayloadTooDeepException(string session, string what, string path, int limit)
        : base(session, string.Create(CultureInfo.InvariantCulture, $"{what} of session '{session}' is nested more than {limit} levels deep, at {path}. It could not be read again; record something flatter."))
    {
        Path = path;
        Limit = limit;
    }

    /// <summary>The path to what lies too deep: names of members, no values.</summary>
    public string Path { get; }

    /// <summary>How many levels there may be.</summary>
    public int Limit { get; }
}
