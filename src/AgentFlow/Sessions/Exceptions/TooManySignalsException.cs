using System.Globalization;

namespace AgentFlow;

/// <summary>A signal was refused since too many wait for its session already. It can be given again when the session has taken some.</summary>
public sealed class TooManySignalsException : SessionException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="session">The session's id.</param>
    /// <param name="limit">How many may wait.</param>
    public TooManySignalsException(string session, int limit)
        : base(session, string.Create(CultureInfo.InvariantCulture, $"{limit} signals wait for session '{session}', and no more are kept. Give it again when the session has taken some, or raise the store's SignalLimits.")) => Limit = limit;

    /// <summary>How many may wait.</summary>
    public int Limit { get; }
}
