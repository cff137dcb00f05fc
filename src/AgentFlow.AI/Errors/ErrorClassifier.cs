using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using Polly.CircuitBreaker;

namespace AgentFlow.AI;

/// <summary>Says what can be done about an error: by rules of its own, in order, and then by those that all have. Immutable.</summary>
public sealed class ErrorClassifier
{
    private readonly Func<Exception, ErrorClass?>[] _rules;

    private ErrorClassifier(Func<Exception, ErrorClass?>[] rules) => _rules = rules;

    /// <summary>
    /// The rules that all have. Terminal: cancellation. Fixable: invalid arguments of tools, replies and JSON that do not fit, invalid plans, arguments, formats, values and preconditions, HTTP 400 and 422.
    /// Retriable: broken postconditions, and what <see cref="TransientErrors"/> and <see cref="ModelException.IsTransient"/> know. Fallback: accounts without credit, requests too long for a model, budgets that do not suffice, models that refuse,
    /// open circuits, problems without a plan, HTTP 405, 410, 413 and 501, and what is not supported. Terminal: all else, HTTP 401, 403 and 404 among it.
    /// </summary>
    public static ErrorClassifier Default { get; } = new([]);

    /// <summary>Adds a rule, to be asked after those that were added before, and before those that all have.</summary>
    /// <param name="rule">The class of an error; <see langword="null"/> if it does not know.</param>
    /// <returns>Another classifier.</returns>
    public ErrorClassifier With(Func<Exception, ErrorClass?> rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new([.. _rules, rule]);
    }

    /// <summary>Adds a rule for a type of exceptions, derived ones included.</summary>
    /// <typeparam name="TException">The type.</typeparam>
    /// <param name="errorClass">The class.</param>
    /// <param name="when">Which of them. Default: all.</param>
    /// <returns>Another classifier.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public ErrorClassifier With<TException>(ErrorClass errorClass, Func<TException, bool>? when = null)
        where TException : Exception =>
        Enum.IsDefined(errorClass)
            ? With(error => error is TException typed && (when is null || when(typed)) ? errorClass : null)
            : throw new ArgumentOutOfRangeException(nameof(errorClass), errorClass, "There is no such class.");

    /// <summary>Says what can be done about an error. What an action has failed with is looked at instead of its failure; of several errors the one about which least can be done decides.</summary>
    /// <param name="error">The error.</param>
    /// <returns>Its class.</returns>
    public ErrorClass Classify(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        foreach (var rule in _rules)
        {
            if (rule(error) is { } found)
            {
                return found;
            }
        }

        return error switch
        {
            ActionFailedException { InnerException: { } inner } => Classify(inner),
            AggregateException { InnerExceptions: { Count: > 0 } several } => several.Max(Classify),
            _ => ByDefault(OfficialClient.Translate(error)),
        };
    }

    private static ErrorClass ByDefault(Exception error) => error switch
    {
        OperationCanceledException { InnerException: not TimeoutException } => ErrorClass.Terminal,
        RecoveryException recovered => recovered.ErrorClass,
        ConditionViolatedException { IsPostcondition: true } or EmptyReplyException => ErrorClass.Retriable,
        InvalidToolArgumentsException or StructuredOutputException or InvalidPlanException or ConditionViolatedException or ValidationException or JsonException or FormatException or ArgumentException => ErrorClass.Fixable,
        ModelException { Code: "insufficient_quota" or "context_length_exceeded" } => ErrorClass.Fallback,
        ModelBudgetException or ModelRefusalException or BrokenCircuitException or NoPlanException => ErrorClass.Fallback,
        HttpRequestException { InnerException: BrokenCircuitException } => ErrorClass.Fallback,
        HttpRequestException { StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity } => ErrorClass.Fixable,
        HttpRequestException { StatusCode: HttpStatusCode.MethodNotAllowed or HttpStatusCode.Gone or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.NotImplemented } => ErrorClass.Fallback,
        AuthenticationException => ErrorClass.Terminal,
        _ when TransientErrors.IsTransient(error) => ErrorClass.Retriable,
        NotSupportedException or NotImplementedException => ErrorClass.Fallback,
        _ => ErrorClass.Terminal,
    };
}
