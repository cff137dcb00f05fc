using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using AgentFlow.AI.Tests.Models;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;
using Polly.CircuitBreaker;

namespace AgentFlow.AI.Tests.Errors;

/// <summary>Errors fall into the four classes.</summary>
public class ErrorClassifierTests
{
    public static TheoryData<ErrorClass, Exception> Errors => new()
    {
        { ErrorClass.Retriable, new TimeoutException() },
        { ErrorClass.Retriable, new IOException() },
        { ErrorClass.Retriable, new ModelException("slow down", HttpStatusCode.TooManyRequests) },
        { ErrorClass.Retriable, new ModelException("no answer") },
        { ErrorClass.Retriable, new HttpRequestException("", null, HttpStatusCode.BadGateway) },
        { ErrorClass.Retriable, new TaskCanceledException("", new TimeoutException()) },
        { ErrorClass.Retriable, new ConditionViolatedException("IsShort", true, null) },
        { ErrorClass.Fixable, new InvalidToolArgumentsException("search", []) },
        { ErrorClass.Fixable, new JsonException() },
        { ErrorClass.Fixable, new FormatException() },
        { ErrorClass.Fixable, new ArgumentNullException() },
        { ErrorClass.Fixable, new ValidationException() },
        { ErrorClass.Fixable, new ConditionViolatedException("IsShort", false, null) },
        { ErrorClass.Fixable, new ModelException("bad request", HttpStatusCode.BadRequest) },
        { ErrorClass.Fallback, new ModelException("too long", HttpStatusCode.BadRequest, code: "context_length_exceeded") },
        { ErrorClass.Fallback, new ModelException("no credit", HttpStatusCode.TooManyRequests, code: "insufficient_quota") },
        { ErrorClass.Fallback, new BrokenCircuitException() },
        { ErrorClass.Fallback, new ModelException("open", HttpStatusCode.ServiceUnavailable, innerException: new BrokenCircuitException()) },
        { ErrorClass.Fallback, new NotSupportedException() },
        { ErrorClass.Fallback, new HttpRequestException("", null, HttpStatusCode.NotImplemented) },
        { ErrorClass.Fallback, new NoPlanException(new PlanningResult { Status = PlanningStatus.Exhausted }) },
        { ErrorClass.Terminal, new ModelException("who are you", HttpStatusCode.Unauthorized) },
        { ErrorClass.Terminal, new HttpRequestException("", null, HttpStatusCode.Forbidden) },
        { ErrorClass.Terminal, new HttpRequestException("", null, HttpStatusCode.NotFound) },
        { ErrorClass.Terminal, new FileNotFoundException() },
        { ErrorClass.Terminal, new UnauthorizedAccessException() },
        { ErrorClass.Terminal, new AuthenticationException() },
        { ErrorClass.Terminal, new OperationCanceledException() },
        { ErrorClass.Terminal, new ToolApprovalRequiredException("pay") },
        { ErrorClass.Terminal, new InvalidOperationException() },
        { ErrorClass.Fixable, new ActionFailedException("agent", "action", 1, 1, new JsonException()) },
        { ErrorClass.Fixable, new AggregateException(new TimeoutException(), new JsonException()) },
        { ErrorClass.Terminal, new AggregateException(new TimeoutException(), new AggregateException(new UnauthorizedAccessException())) },
    };

    [Theory, MemberData(nameof(Errors))]
    public void Every_error_has_its_class(ErrorClass expected, Exception error) => Assert.Equal(expected, ErrorClassifier.Default.Classify(error));

    [Fact]
    public async Task A_reply_that_does_not_fit_its_type_is_to_be_fixed()
    {
        var error = await Assert.ThrowsAsync<ActionFailedException>(() => new Misunderstood(new ScriptedChatClient("no JSON")).RunAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.IsType<StructuredOutputException>(error.InnerException);
        Assert.Equal(ErrorClass.Fixable, ErrorClassifier.Default.Classify(error));
    }

    [Fact]
    public void Ones_own_rules_come_first_in_order_and_reach_into_what_wraps()
    {
        var classifier = ErrorClassifier.Default
            .With<FileNotFoundException>(ErrorClass.Retriable, static e => e.FileName == "soon.txt")
            .With(static error => error is IOException ? ErrorClass.Fallback : null)
            .With<FileNotFoundException>(ErrorClass.Fixable);
        Assert.Equal(ErrorClass.Retriable, classifier.Classify(new FileNotFoundException("", "soon.txt")));
        Assert.Equal(ErrorClass.Fallback, classifier.Classify(new FileNotFoundException("", "other.txt")));
        Assert.Equal(ErrorClass.Fallback, classifier.Classify(new ActionFailedException("agent", "action", 1, 1, new IOException())));
        Assert.Equal(ErrorClass.Retriable, classifier.Classify(new TimeoutException()));
        Assert.Equal(ErrorClass.Terminal, ErrorClassifier.Default.Classify(new FileNotFoundException("", "soon.txt")));
        Assert.Throws<ArgumentOutOfRangeException>(() => classifier.With<IOException>((ErrorClass)9));
    }
}

[Agent]
public sealed partial class Misunderstood(IChatClient model)
{
    [Action]
    private async Task<Verdict> Judge(ActionContext context, CancellationToken ct) =>
        await context.AskAsync(model, [new ChatMessage(ChatRole.User, "Judge.")], VerdictJson.Default.Verdict, new() { MaxCorrections = 0 }, ct);
}
