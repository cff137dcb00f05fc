namespace AgentFlow.AI;

/// <summary>
/// Works off goals, in rounds: the stack says which are to be worked on, they are, at once, and it is told how that went; work may need subgoals, and goes on when they are reached. An ordinary
/// agent: in a session what each goal has come to is recorded, and not done again after a crash.
/// </summary>
/// <param name="workAsync">Works on a goal. What it throws is why the goal has failed. In a session it may be called again after a crash; <see cref="ActionContext.IdempotencyKey"/> is the same then.</param>
/// <param name="options">How it works. Default: <see cref="GoalAgentOptions.Default"/>.</param>
[Agent(Name = "Goals", MaxIterations = RoundLimit)]
public sealed partial class GoalAgent(Func<GoalTurn, ActionContext, CancellationToken, ValueTask<GoalWork>> workAsync, GoalAgentOptions? options = null)
{
    internal const int RoundLimit = 10_000;
    internal const int ParallelLimit = 8;

    /// <summary>The longest wait at once; then it looks again.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);

    private readonly Func<GoalTurn, ActionContext, CancellationToken, ValueTask<GoalWork>> _workAsync = workAsync ?? throw new ArgumentNullException(nameof(workAsync));
    private readonly GoalAgentOptions _options = options ?? GoalAgentOptions.Default;

    /// <summary>Starts what can be worked on now, besides what was under way when the stack was captured. Where nothing can be yet, waits until it can.</summary>
    [Action]
    private async Task<GoalRound> Choose([Input] GoalStackSnapshot goals, [Previous(nameof(Settle))] GoalProgress? before, [Previous(nameof(Choose))] GoalRound? last, ActionContext context, CancellationToken cancellationToken)
    {
        var deadline = last is null ? _options.DeadlineFrom(context) : last.Deadline;
        var stack = Restore(before?.Stack ?? goals, context);
        while (true)
        {
            var started = new List<string>(before is null ? goals.Goals.Where(static goal => goal.State == GoalState.Active).Select(static goal => goal.Name) : []);
            while (started.Count < _options.MaxParallel && stack.StartNext() is { } next)
            {
                started.Add(next.Name);
            }

            if (started.Count > 0 || (stack.ResolveDeadlocks().Count == 0 && !await WaitAsync(stack, deadline, context, cancellationToken).ConfigureAwait(false)))
            {
                return new(stack.Capture(), [.. started], deadline);
            }
        }
    }

    [Action(Effect = Effect.None)]
    private static string[] Started(GoalRound choose) => choose.Started;

    [Action, ForEach(nameof(Started), MaxParallel = ParallelLimit)]
    private async Task<GoalWork> Work([Item] string name, GoalRound choose, [Previous(nameof(Settle))] GoalProgress? before, ActionContext context, CancellationToken cancellationToken)
    {
        var goal = choose.Stack.Find(name);
        var isContinued = before?.Stack.Goals.Any(other => other.Name == name && other.State == GoalState.Waiting) ?? false;
        var turn = new GoalTurn(goal.ToGoal(), isContinued && goal.Preemptions == before!.Stack.Find(name).Preemptions, goal.Preemptions, before?.Outputs ?? []);
        try
        {
            var (inTime, work) = await TimeLimit.RunAsync(choose.Deadline, context, token => _workAsync(turn, context, token), cancellationToken).ConfigureAwait(false);
            return inTime ? work ?? throw new InvalidOperationException($"The work for goal '{name}' came to nothing: return what it came to.") : new(GoalState.Cancelled, "The time was used up.");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            await context.EmitFailureAsync(e).ConfigureAwait(false);
            return GoalWork.Failed(e.Message);
        }
    }

    /// <summary>Tells the stack how it went.</summary>
    [Action, Result]
    private GoalProgress Settle(GoalRound choose, [From(nameof(Work))] GoalWork[] works, [Previous(nameof(Settle))] GoalProgress? before, ActionContext context)
    {
        var stack = Restore(choose.Stack, context);
        var outputs = new Dictionary<string, string>(before?.Outputs ?? []);
        foreach (var (name, work) in choose.Started.Zip(works))
        {
            Settle(stack, name, work);
            if (work is { State: GoalState.Completed, Text: { } output })
            {
                outputs[name] = output;
            }
        }

        var standing = stack.Capture();
        var isOpen = standing.Goals.Any(static goal => goal.State is GoalState.Pending or GoalState.Waiting);
        var limit = !isOpen ? works.Any(static work => work.State == GoalState.Cancelled) ? PatternLimit.Time : PatternLimit.None
            : TimeLimit.IsOver(choose.Deadline, context) ? PatternLimit.Time
            : context.Iteration >= _options.MaxRounds ? PatternLimit.Rounds
            : _options.HasUsedUp(context.Usage) ? PatternLimit.Tokens
            : PatternLimit.None;
        return new(standing, outputs, !isOpen || limit != PatternLimit.None, limit);
    }

    [Until]
    private static bool IsDone(GoalProgress settle) => settle.IsDone;

    private GoalStack Restore(GoalStackSnapshot snapshot, ActionContext context) => GoalStack.Restore(snapshot, _options.Stack with { TimeProvider = context.TimeProvider });

    private static void Settle(GoalStack stack, string name, GoalWork work)
    {
        try
        {
            switch (work.State)
            {
                case GoalState.Completed:
                    stack.Complete(name);
                    break;
                case GoalState.Waiting:
                    stack.Push([.. work.Subgoals.Select(static goal => goal.ToGoal())]);
                    stack.Wait(name, work.Awaits, work.Resources);
                    break;
                case GoalState.Cancelled:
                    stack.Cancel(name, work.Text ?? "It was cancelled.");
                    break;
                default:
                    stack.Fail(name, work.Text ?? "The work has failed.");
                    break;
            }
        }
        catch (ArgumentException e)
        {
            // Subgoals that cannot be: the work that has asked for them has failed.
            stack.Fail(name, e.Message);
        }
    }

    /// <summary>Waits for the next goal that has a time.</summary>
    /// <returns>Whether one has come; false: nothing will, or not in time.</returns>
    private static async ValueTask<bool> WaitAsync(GoalStack stack, DateTimeOffset? deadline, ActionContext context, CancellationToken cancellationToken)
    {
        var now = context.TimeProvider.GetUtcNow();
        var next = stack.Goals.Where(static goal => goal.State == GoalState.Pending).Min(goal => goal.Goal.NotBefore > now ? goal.Goal.NotBefore : null);
        if (next is not { } at)
        {
            return false;
        }

        var (inTime, _) = await TimeLimit.RunAsync(deadline, context, async token =>
        {
            await Task.Delay(at - now < s_longestWait ? at - now : s_longestWait, context.TimeProvider, token).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return inTime;
    }
}
