using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// Reasoning and acting in turn (Yao et al. 2022, <i>ReAct</i>): a model thinks, asks for tools, sees what they came to, and thinks again, until it has its answer or has to give one.
/// An ordinary agent whose only cycle is bounded. In a session every thought and every call is recorded as it ends and never repeated; tools that need an approval wait for the signal
/// <c>Approve</c>, without a thread; tools that must not happen twice are recorded as intended before they are called. Outside sessions nobody can approve, and the model is told so.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="tools">The tools that it may call.</param>
/// <param name="options">How it works. Default: <see cref="ReActOptions.Default"/>.</param>
[Agent(Name = "ReAct", MaxIterations = StepLimit)]
public sealed partial class ReActAgent(IChatClient model, ToolRegistry tools, ReActOptions? options = null)
{
    internal const int StepLimit = 100;

    private readonly IChatClient _model = model ?? throw new ArgumentNullException(nameof(model));
    private readonly ToolRegistry _tools = tools ?? throw new ArgumentNullException(nameof(tools));
    private readonly ReActOptions _options = options ?? ReActOptions.Default;
    private readonly ToolInvoker _invoker = new(tools, (options ?? ReActOptions.Default).Calls);

    [Action(Type = ActionType.Llm)]
    private async Task<ReActThought> Think(
        [Input] string task, [Previous(nameof(Observe))] Turn[]? transcript, [Previous(nameof(Think))] ReActThought? last, [Previous(nameof(Extend))] DateTimeOffset? extended, ActionContext context, CancellationToken cancellationToken)
    {
        var turns = transcript ?? [];
        var deadline = last is null ? _options.DeadlineFrom(context) : extended;
        var end = EndAt(context, turns);
        var messages = new List<ChatMessage> { new(ChatRole.System, _options.Instructions), new(ChatRole.User, task) };
        messages.AddRange(Transcript.Fit(turns, _options.ContextTokens).Select(static turn => turn.ToMessage()));
        ChatResponse? response = null;
        if (end == ReActEnd.Answered)
        {
            (var inTime, response) = await TimeLimit.RunAsync(
                WorkEnd(deadline),
                context,
                async token => await context.AskAsync(_model, messages, await OfferAsync(task, token).ConfigureAwait(false), token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            end = inTime ? end : ReActEnd.TimeLimit;
        }

        if (end != ReActEnd.Answered)
        {
            messages.Add(new(ChatRole.User, "Answer now, from what you know, without calling a tool. Say what is missing or uncertain."));
            (_, response) = await TimeLimit.RunAsync(_options.AnswerEnd(WorkEnd(deadline), deadline, context), context, token => context.AskAsync(_model, messages, cancellationToken: token), cancellationToken).ConfigureAwait(false);
        }

        var said = Turn.Of(response ?? throw _options.NothingInTime());
        var calls = end == ReActEnd.Answered ? said.Calls : [];
        if (response.GetRefusal() is { } refusal)
        {
            (said, calls, end) = (said with { Text = refusal }, [], ReActEnd.Refused);
        }
        else if (end == ReActEnd.Answered && calls.Length == 0 && string.IsNullOrWhiteSpace(said.Text))
        {
            end = ReActEnd.NothingSaid;
        }

        if (calls.Length > 0 && said.Text.Length > 0)
        {
            await context.EmitThoughtAsync(said.Text).ConfigureAwait(false);
        }

        return new ReActThought(said.Text, calls, end, context.Usage.Tokens, context.TimeProvider.GetUtcNow(), deadline);
    }

    /// <summary>The calls that may be repeated after a crash.</summary>
    [Action(Effect = Effect.None)]
    private ToolCall[] Calls(ReActThought think) => [.. think.Calls.Where(call => !IsOnce(call))];

    /// <summary>The calls that must not be.</summary>
    [Action(Effect = Effect.None)]
    private ToolCall[] OnceCalls(ReActThought think) => [.. think.Calls.Where(IsOnce)];

    /// <summary>The calls that somebody has to agree to, each bound to a hash of its arguments.</summary>
    [Action(Effect = Effect.None)]
    private ToolApproval[] Requests(ReActThought think, ActionContext context) =>
    [
        .. think.Calls
            .Where(static call => call.Problem is null)
            .Select(static call => call.ToContent())
            .Where(_invoker.NeedsApproval)

            // Of no other session, nor of another step of this one; and what it records is the same in every run.
            .Select((call, place) => ToolApproval.Request(call) with { Id = $"{context.SessionId}/{context.Iteration}.{place}" }),
    ];

    private static bool IsAsked(ToolApproval[] requests) => requests.Length > 0;

    /// <summary>What was decided: the requests, granted or denied. It is good for just these calls.</summary>
    [Signal(Timeout = "7.00:00:00"), When(nameof(IsAsked)), Fallback(nameof(Deny))]
    private partial Task<ToolApproval[]> Approve(ToolApproval[] requests);

    private static ToolApproval[] Deny(ToolApproval[] requests) => [.. requests.Select(static request => request.Deny("nobody approved it in time"))];

    /// <summary>The end of the time, later by as long as people have been waited for.</summary>
    [Action]
    private static DateTimeOffset? Extend(ReActThought think, [From(nameof(Approve))] ToolApproval[]? approvals, ActionContext context) =>
        think.Deadline is { } deadline && approvals is not null && context.TimeProvider.GetUtcNow() is var now && now > think.At ? TimerSpan.After(deadline, now - think.At) : think.Deadline;

    [Action, ForEach(nameof(Calls), MaxParallel = 8)]
    private Task<ToolResult> Act(
        [Item] ToolCall call,
        [From(nameof(Requests))] ToolApproval[]? requests,
        [From(nameof(Approve))] ToolApproval[]? approvals,
        [From(nameof(Extend))] DateTimeOffset? deadline,
        ActionContext context,
        CancellationToken cancellationToken) =>
        CallAsync(call, Decision(call, requests, approvals), deadline, context, cancellationToken);

    [Action(Effect = Effect.AtMostOnce), ForEach(nameof(OnceCalls), MaxParallel = 8)]
    private Task<ToolResult> ActOnce(
        [Item] ToolCall call,
        [From(nameof(Requests))] ToolApproval[]? requests,
        [From(nameof(Approve))] ToolApproval[]? approvals,
        [From(nameof(Extend))] DateTimeOffset? deadline,
        ActionContext context,
        CancellationToken cancellationToken) =>
        CallAsync(call, Decision(call, requests, approvals), deadline, context, cancellationToken);

    [Action(Effect = Effect.None)]
    private Turn[] Observe(ReActThought think, [From(nameof(Act))] ToolResult[] results, [From(nameof(ActOnce))] ToolResult[] onceResults, [Previous(nameof(Observe))] Turn[]? before)
    {
        if (think.Calls.Length == 0)
        {
            return before ?? [];
        }

        var byCall = results.Concat(onceResults).ToDictionary(static result => result.CallId);
        Turn[] turns =
        [
            .. before ?? [],
            new(TurnRole.Assistant, think.Text) { Calls = think.Calls },
            new(TurnRole.Tool, "") { Results = [.. think.Calls.Select(call => byCall[call.Id])] },
        ];
        return Repetition.Find(Transcript.StepsOf(turns), _options.MaxRepetitions) == 0 ? turns : [.. turns, Transcript.RoundInCircles];
    }

    [Action(Effect = Effect.None), Result]
    private static ReActAnswer Answer(ReActThought think, ActionContext context) => new(think.Text, context.Iteration, think.End, think.Tokens);

    [Until]
    private static bool HasAnswered(ReActThought think) => think.Calls.Length == 0;

    private ReActEnd EndAt(ActionContext context, Turn[] turns) =>
        turns.Count(static turn => turn.Role == TurnRole.User && turn.Text == Transcript.RoundInCircles.Text) > 1 ? ReActEnd.Repetition
        : context.Iteration >= _options.MaxSteps ? ReActEnd.StepLimit
        : _options.HasUsedUp(context.Usage) ? ReActEnd.TokenLimit
        : ReActEnd.Answered;

    /// <summary>The end of thinking and acting: the last quarter of the time is for the answer.</summary>
    private DateTimeOffset? WorkEnd(DateTimeOffset? deadline) => deadline - (_options.MaxDuration / 4);

    private async ValueTask<ChatOptions?> OfferAsync(string task, CancellationToken cancellationToken)
    {
        var offered = _options.OfferedTools is { } count ? await _tools.SearchAsync(task, count, cancellationToken).ConfigureAwait(false) : _tools.Tools;
        return ToolOffers.Of(offered);
    }

    /// <summary>Whether a call must not be repeated: its tool says so, or somebody has agreed to it, which is good for one call.</summary>
    private bool IsOnce(ToolCall call) =>
        _tools.TryFind(call.Name, out var tool) && ToolFacts.EffectOf(tool) is var effect && (effect == Effect.AtMostOnce || (effect != Effect.None && ToolFacts.NeedsApproval(tool)));

    /// <summary>
    /// What was decided about a call: an answer to the request that was made for it here, not for an equal one elsewhere or before. Of
    /// several a refusal counts.
    /// </summary>
    private static ToolApproval? Decision(ToolCall call, ToolApproval[]? requests, ToolApproval[]? approvals)
    {
        if (Array.Find(requests ?? [], request => request.CallId == call.Id) is not { } asked)
        {
            return null;
        }

        var decided = Array.FindAll(approvals ?? [], approval => approval.CallId == call.Id && approval.Id == asked.Id);
        return Array.Find(decided, static approval => approval.Status == ToolApprovalStatus.Denied) ?? decided.FirstOrDefault();
    }

    private async Task<ToolResult> CallAsync(ToolCall call, ToolApproval? approval, DateTimeOffset? deadline, ActionContext context, CancellationToken cancellationToken)
    {
        if (TimeLimit.IsOver(WorkEnd(deadline), context))
        {
            return new(call.Id, "Not called: the time is used up.", IsError: true);
        }

        var options = new ToolCallOptions { Services = context.Services, ActionContext = context, AgentRunner = new ChildToolRunner(context), Approval = approval, IsRecorded = context.SessionId is not null };
        var (inTime, result) = await TimeLimit.RunAsync(WorkEnd(deadline), context, token => _invoker.InvokeAsync(call.ToContent(), options, token), cancellationToken).ConfigureAwait(false);
        return inTime ? ToolResult.Of(result!) : new(call.Id, "Stopped: the time is used up. Whether it has had an effect is not known.", IsError: true);
    }
}
