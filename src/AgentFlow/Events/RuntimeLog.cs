using Microsoft.Extensions.Logging;

namespace AgentFlow;

/// <summary>What a runtime tells an operator. The category is <c>AgentFlow.AgentRuntime</c>.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(EventId = 1001, EventName = "SessionNotWoken", Level = LogLevel.Error, Message = "Session {Session} of agent {Agent} cannot be resumed; it is tried again in {Pause}.")]
    public static partial void SessionNotWoken(ILogger logger, string session, string agent, TimeSpan pause, Exception error);

    [LoggerMessage(EventId = 1002, EventName = "StoreUnavailable", Level = LogLevel.Error, Message = "The session store cannot be asked what is due; it is asked again in {Pause}.")]
    public static partial void StoreUnavailable(ILogger logger, TimeSpan pause, Exception error);

    [LoggerMessage(EventId = 1003, EventName = "SessionBroken", Level = LogLevel.Error, Message = "Session {Session} of agent {Agent} was given up because of an unexpected exception; it is resumed when its lease has run out.")]
    public static partial void SessionBroken(ILogger logger, string session, string agent, Exception error);

    [LoggerMessage(EventId = 1004, EventName = "SessionLost", Level = LogLevel.Warning, Message = "Session {Session} of agent {Agent} was given up: its lease could not be kept, or another worker has it.")]
    public static partial void SessionLost(ILogger logger, string session, string agent, Exception error);

    [LoggerMessage(EventId = 1005, EventName = "ActionIgnoresCancellation", Level = LogLevel.Warning, Message = "Session {Session} of agent {Agent} has an action that ignores its token; the runtime ends without waiting for it.")]
    public static partial void ActionIgnoresCancellation(ILogger logger, string session, string agent);

    [LoggerMessage(EventId = 1006, EventName = "ServicesFailed", Level = LogLevel.Error, Message = "The services of session {Session} of agent {Agent} could not be disposed.")]
    public static partial void ServicesFailed(ILogger logger, string session, string agent, Exception error);

    [LoggerMessage(
        EventId = 1007,
        EventName = "ChildNotReadable",
        Level = LogLevel.Error,
        Message = "Session {Child}, a child of {Session}, cannot be read; its parent waits, and tries again in {Pause}.")]
    public static partial void ChildNotReadable(ILogger logger, string child, string session, TimeSpan pause, Exception error);
}
