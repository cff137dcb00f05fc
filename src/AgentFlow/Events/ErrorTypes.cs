namespace AgentFlow;

/// <summary>What <c>error.type</c> says of a failure: its cause, not what carries it.</summary>
internal static class ErrorTypes
{
    /// <summary>The full name of the cause's type.</summary>
    public static string Of(Exception error)
    {
        while (true)
        {
            switch (error)
            {
                case ActionFailedException { InnerException: { } cause }:
                    error = cause;
                    break;
                case AggregateException { InnerExceptions: [var cause] }:
                    error = cause;
                    break;
                case RecordedException recorded:
                    return recorded.Type;
                default:
                    return error.GetType().FullName ?? "_OTHER";
            }
        }
    }
}
