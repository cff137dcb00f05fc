using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace AgentFlow.CompilerServices;

/// <summary>
/// One run of an agent in the general scheduler. Generated code derives from it, adds the typed state and calls the actions; this class
/// decides what starts when. A run is pooled: it is used again once its awaiter has taken the result and every fire-and-forget action of
/// it has ended. For generated code.
/// </summary>
/// <remarks>
/// All decisions are made under one short lock; users' code (bodies, predicates, continuations, token callbacks) runs outside it. A thread
/// inside <see cref="Advance"/> is counted in <see cref="_drainers"/>: the run ends only when no action is under way and the last such thread
/// leaves, so that none can meet a run that has been used again.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A run lives in a pool; its token source has no timer and its timer is stopped, so the collector is enough.")]
public abstract partial class AgentRun
{
    private const int None = -1;

    private readonly RunPlan _plan;
    private readonly Lock _gate = new();

    /// <summary>Settlements that each action still waits for.</summary>
    private readonly int[] _waiting;

    /// <summary>The actions that may start, a bit each by rank: the lowest bit starts first.</summary>
    private readonly ulong[] _ready;

    /// <summary>For each group: unsettled sources; what won it, or <see cref="None"/>.</summary>
    private readonly int[] _groupLeft;
    private readonly int[] _winner;

    /// <summary>For each wave: unsettled actions. Empty unless the agent runs in waves.</summary>
    private readonly int[] _waveLeft;

    /// <summary>The last wave that has been opened.</summary>
    private int _openWave;

    /// <summary>The last attempt made of each action.</summary>
    private readonly int[] _attempts;

    /// <summary>One delegate for each action, made when it is first pending and kept with the run.</summary>
    private readonly Action?[] _continuations;

    /// <summary>The actions to undo, in the order of completion; in a loop with the state they completed in. Null if none has a compensation.</summary>
    private readonly List<(int Action, int Iteration, object? State, Array? Elements)>? _undo;

    /// <summary>For each action the source of its own token, while it takes part in a race whose losers are cancelled.</summary>
    private CancellationTokenSource?[]? _raceTokens;

    /// <summary>Which actions have lost their race. Null until one has.</summary>
    private bool[]? _lost;

    private RunOptions _options = RunOptions.Default;
    private CancellationToken _callerToken;
    private CancellationTokenRegistration _callerRegistration;
    private CancellationTokenSource? _ownToken;

    /// <summary>The caller's execution context, in which continuations run, so that its async-locals are seen by every action.</summary>
    private ExecutionContext? _context;

    /// <summary>Actions started and not settled; fire-and-forget actions do not count.</summary>
    private int _running;

    /// <summary>Actions of this iteration not settled.</summary>
    private int _unsettled;

    /// <summary>Threads inside <see cref="Advance"/>.</summary>
    private int _drainers;

    /// <summary>Actions started in all, attempts and elements counted, where a budget asks for it.</summary>
    private int _started;

    /// <summary>Whether an action that runs alone is under way.</summary>
    private bool _exclusive;

    /// <summary>Whether some action of this iteration has settled without a value.</summary>
    private bool _hasAbsent;

    /// <summary>Whether the fast lane still has the run: then nobody else may advance it.</summary>
    private bool _inLane = true;

    /// <summary>Whether the iteration has come to rest and one thread is deciding what follows, or the run is idle.</summary>
    private bool _resting;

    /// <summary>Whether a thread is asking the predicate that ends the loop: the run is at rest, and may yet be stopped. Guarded by the gate.</summary>
    private bool _isDeciding;

    /// <summary>Why nothing more is to start. Written under the gate; read without it where a late answer does no harm.</summary>
    private volatile StopReason _stop;
    private Exception? _stopError;
    private List<ActionFailedException>? _failures;

    /// <summary>The awaiter's claim and one for each fire-and-forget action under way; at 0 the run goes back to its pool.</summary>
    private int _holds = 1;

    private protected AgentRun(RunPlan plan)
    {
        _plan = plan;
        _waiting = new int[plan.Count];
        _ready = new ulong[(plan.Count + 63) / 64];
        _groupLeft = new int[plan.Groups.Length];
        _winner = new int[plan.Groups.Length];
        _waveLeft = plan.Waves ? new int[plan.Graph.Waves.Count] : [];
        _attempts = new int[plan.Count];
        _continuations = new Action?[plan.Count];
        _undo = plan.HasCompensations ? [] : null;
        _elements = plan.CompensatesElements ? new IElements?[plan.Count] : null;
        if (plan.OwnsToken)
        {
            RenewToken();
        }
    }

    private enum StopReason : byte
    {
        None,
        Failed,
        Canceled,
        TimedOut,
        OverBudget,
        LimitReached,
    }

    /// <summary>The token of the run: cancelled with the caller's, by the first failure, or when time runs out.</summary>
    public CancellationToken Token { get; private set; }

    internal short CurrentVersion => Version;

    internal bool IsCurrent(short version) => Version == version;

    internal RunOptions Options => _options;

    internal RunPlan Plan => _plan;

    /// <summary>Where each action stands; part of the generated state.</summary>
    protected abstract Span<ActionStatus> Statuses { get; }

    /// <summary>The current iteration, from 1; part of the generated state.</summary>
    protected internal abstract int Iteration { get; }

    private protected abstract short Version { get; }

    /// <summary>Whether an action that has settled has a value. The fast lane and the countdown leave the status of those that complete as it is.</summary>
    /// <param name="status">Where it stands.</param>
    /// <returns>Whether its value exists.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasValue(ActionStatus status) => status <= ActionStatus.Completed;

    /// <summary>What surrounds an attempt of an action, for its <see cref="ActionContext"/> parameter.</summary>
    /// <param name="action">The action.</param>
    /// <returns>The context of its first attempt.</returns>
    public ActionContext Context(int action) => new(this, Version, action, iteration: 0, attempt: 1, item: None, clock: null);

    /// <summary>Gives the caller its execution context back, if actions that ran on its thread have changed it.</summary>
    /// <param name="context">What the caller had; null if it lets nothing flow.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void RestoreContext(ExecutionContext? context)
    {
        if (context is not null && !ReferenceEquals(context, ExecutionContext.Capture()))
        {
            ExecutionContext.Restore(context);
        }
    }

    /// <summary>Prepares a run that has just been taken from its pool. What a run that is idle has already is not set again.</summary>
    /// <param name="options">What surrounds it.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void Begin(RunOptions options, CancellationToken cancellationToken)
    {
        _resting = false;
        if (!ReferenceEquals(_options, options))
        {
            _options = options;
        }

        if (cancellationToken.CanBeCanceled)
        {
            Follow(cancellationToken);
        }
    }

    /// <summary>Lets go of what a run holds whose fast lane went through to the end: nobody was handed its task, and the scheduler never saw it.</summary>
    /// <returns>Whether the run may be used again; if not, an action that was let go still has it.</returns>
    protected bool Leave()
    {
        if (_plan.HasForgotten)
        {
            return TryLetGo();
        }

        ResetToken();
        if (!ReferenceEquals(_options, RunOptions.Default))
        {
            _options = RunOptions.Default;
            _services = null;
        }

        if (_plan.GivesContexts)
        {
            InvalidateContexts();
            _usage = default;
        }

        return true;
    }

    /// <summary>Whether an action's condition holds; asked only of actions that have one.</summary>
    /// <param name="action">The action.</param>
    /// <returns>Whether it is to run.</returns>
    protected virtual bool IsWanted(int action) => true;

    /// <summary>Starts an action.</summary>
    /// <param name="action">The action.</param>
    /// <returns>What it came to.</returns>
    protected abstract StepResult Start(int action);

    /// <summary>Takes the result of an action that was pending into the state.</summary>
    /// <param name="action">The action.</param>
    protected abstract void Complete(int action);

    /// <summary>Evaluates the predicate that ends the loop.</summary>
    /// <returns>Whether the agent is done.</returns>
    protected virtual bool IsDone() => true;

    /// <summary>Prepares the state for the next iteration.</summary>
    protected virtual void BeginNextIteration()
    {
    }

    /// <summary>Undoes an action.</summary>
    /// <param name="action">The action.</param>
    /// <returns>Completes when it is undone.</returns>
    protected virtual ValueTask Undo(int action) => default;

    /// <summary>The output of an action, for its event.</summary>
    /// <param name="action">The action.</param>
    /// <returns>The output, boxed if need be.</returns>
    protected virtual object? GetOutput(int action) => null;

    /// <summary>The whole state, for the exception at the iteration limit and for undoing what an earlier iteration did.</summary>
    /// <returns>A copy of the state, boxed.</returns>
    protected abstract object GetState();

    /// <summary>Goes back to an earlier state, to undo what was done in it.</summary>
    /// <param name="state">What <see cref="GetState"/> has given.</param>
    protected abstract void SetState(object state);

    /// <summary>Drops the agent and the state and puts the run into its pool.</summary>
    protected abstract void Recycle();

    private protected abstract void Publish(Exception? error);

    private protected abstract void ResetSource();

    /// <summary>Action contexts handed out in the fast lane end with it.</summary>
    private protected abstract void InvalidateContexts();

    private protected void Release()
    {
        if (TryLetGo() && !_wasRecorded)
        {
            Recycle();
        }
    }

    /// <summary>Gives up a hold on the run.</summary>
    /// <returns>Whether it was the last; then the run is as good as new.</returns>
    private bool TryLetGo()
    {
        if (_plan.HasForgotten && Interlocked.Decrement(ref _holds) != 0)
        {
            return false;
        }

        Reset();
        return true;
    }

    private protected void Hold() => Interlocked.Increment(ref _holds);

    /// <summary>Makes the run as good as new, and one that was part of a session deaf to whatever still holds it.</summary>
    private void Reset()
    {
        if (_wasRecorded)
        {
            ResetRecording();
            ResetObservation();
            ResetSource();
            return;
        }

        ResetToken();
        ResetServices();
        ResetDelays();
        _options = RunOptions.Default;
        _context = null;
        _holds = 1;
        _inLane = true;
        _countsDown = false;
        _resting = true;
        _drainers = 0;
        _started = 0;
        _stop = StopReason.None;
        _stopError = null;
        _failures = null;
        _told = null;
        _undo?.Clear();
        _elements?.AsSpan().Clear();
        _lost = null;
        ResetObservation();
        _usage = default;
        ResetSource();
    }

    private void Follow(CancellationToken cancellationToken)
    {
        _callerToken = cancellationToken;
        if (_plan.OwnsToken)
        {
            _callerRegistration = cancellationToken.UnsafeRegister(static run => ((AgentRun)run!).OnCallerCanceled(), this);
        }
        else
        {
            Token = cancellationToken;
        }
    }

    /// <summary>Lets go of the caller's token, and of whatever was registered on the run's own.</summary>
    private void ResetToken()
    {
        if (_callerToken.CanBeCanceled)
        {
            LeaveCallerToken();
        }

        if (_ownToken is not null && !_ownToken.TryReset())
        {
            RenewToken();
        }
    }

    private void LeaveCallerToken()
    {
        // Waits for a cancellation under way on another thread: it must not reach the next run.
        _callerRegistration.Dispose();
        _callerRegistration = default;
        _callerToken = default;
        _stop = StopReason.None;
        if (!_plan.OwnsToken)
        {
            Token = default;
        }
    }

    private void RenewToken()
    {
        _ownToken = new CancellationTokenSource();
        Token = _ownToken.Token;
    }
}
