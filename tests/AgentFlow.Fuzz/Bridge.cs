using System.Text.Json;

namespace AgentFlow.Fuzz;

/// <summary>What a compiled random agent looks like from here.</summary>
public interface IFuzzAgent
{
    Bridge Bridge { get; }
}

/// <summary>A session of a random agent, whatever its types.</summary>
/// <param name="Session">The session.</param>
/// <param name="ResultAsync">Awaits its result, as text.</param>
public sealed record Handle(Session Session, Func<Task<string>> ResultAsync);

/// <summary>Runs an agent without knowing its types.</summary>
public abstract class Bridge
{
    public abstract AgentGraph Graph { get; }

    public abstract Task<string> RunAsync(RunOptions options, CancellationToken ct);

    public abstract IAsyncEnumerable<AgentEvent> StreamAsync(RunOptions options, CancellationToken ct);

    public abstract ValueTask<Handle> StartOrResumeAsync(AgentRuntime runtime, SessionOptions options);

    public abstract ValueTask<Handle> StartAsync(AgentRuntime runtime, SessionOptions options);

    public abstract ValueTask<Handle> SettleAsync(AgentRuntime runtime, string id, UncertainAction action, Settlement settlement);

    public abstract ValueTask<Handle> RedriveAsync(AgentRuntime runtime, string id);

    /// <summary>What of an uncertain session is in doubt; nothing if it is uncertain no longer.</summary>
    public abstract ValueTask<IReadOnlyList<UncertainAction>> InDoubtAsync(AgentRuntime runtime, string id);

    public abstract ValueTask<IReadOnlyList<RecordedOutcome>> OutcomesAsync(AgentRuntime runtime, string id);

    public abstract void Register(AgentRuntime runtime);

    public static string Text(object? value) => value switch
    {
        null => Script.None,
        long number => Script.Of(number),
        long[] numbers => Script.Of(numbers),
        JsonElement json => json.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => Script.None,
            JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(static e => Text(e)))}]",
            _ => json.GetRawText(),
        },
        _ => "ok",
    };
}

/// <summary>The same with them.</summary>
public sealed class Bridge<TAgent, TInput, TResult>(TAgent agent, TInput input) : Bridge
    where TAgent : IDurableAgent<TAgent, TInput, TResult>
{
    public override AgentGraph Graph => TAgent.Graph;

    public override async Task<string> RunAsync(RunOptions options, CancellationToken ct) => Text(await agent.RunAsync(input, options, ct));

    public override IAsyncEnumerable<AgentEvent> StreamAsync(RunOptions options, CancellationToken ct) => agent.StreamAsync(input, options, ct);

    public override async ValueTask<Handle> StartOrResumeAsync(AgentRuntime runtime, SessionOptions options) => ToHandle(await runtime.StartOrResumeAsync(agent, input, options));

    public override async ValueTask<Handle> StartAsync(AgentRuntime runtime, SessionOptions options) => ToHandle(await runtime.StartAsync(agent, input, options));

    public override async ValueTask<Handle> SettleAsync(AgentRuntime runtime, string id, UncertainAction action, Settlement settlement) => ToHandle(
        action.Item is { } item ? await runtime.SettleAsync(agent, id, action.Action, item, settlement) : await runtime.SettleAsync(agent, id, action.Action, settlement));

    public override async ValueTask<Handle> RedriveAsync(AgentRuntime runtime, string id) => ToHandle(await runtime.RedriveAsync(agent, id));

    public override async ValueTask<IReadOnlyList<UncertainAction>> InDoubtAsync(AgentRuntime runtime, string id)
    {
        if ((await runtime.Store.FindAsync(id))?.State != SessionState.Uncertain)
        {
            return [];
        }

        try
        {
            var session = await runtime.FindAsync(agent, id);
            await (session?.Result ?? Task.CompletedTask);
            return [];
        }
        catch (UncertainSessionException e)
        {
            return e.InDoubt;
        }
    }

    public override ValueTask<IReadOnlyList<RecordedOutcome>> OutcomesAsync(AgentRuntime runtime, string id) => runtime.ReadOutcomesAsync(agent, id);

    public override void Register(AgentRuntime runtime) => runtime.Register(agent);

    private static Handle ToHandle(Session<TAgent, TResult> session) => new(session, async () => Text(await session.Result));
}
