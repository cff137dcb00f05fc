using AgentFlow.CompilerServices;

namespace AgentFlow.Testing;

/// <summary>The fakes of one agent, by action. Its children's actions are their own.</summary>
internal sealed class FakedActions(AgentGraph graph) : ActionFakes
{
    private readonly Dictionary<int, Func<FakeCall, object?>> _fakes = [];
    private readonly Dictionary<int, int> _calls = [];

    public static int IndexOf(AgentGraph graph, string action)
    {
        ArgumentException.ThrowIfNullOrEmpty(action);
        for (var i = 0; i < graph.Actions.Count; i++)
        {
            if (graph.Actions[i].Name == action)
            {
                return i;
            }
        }

        throw new ArgumentException($"Agent '{graph.Name}' has no action '{action}'; it has {string.Join(", ", graph.Actions.Select(static a => a.Name))}.", nameof(action));
    }

    public void Set(string action, Func<FakeCall, object?> fake) => _fakes[IndexOf(graph, action)] = fake;

    public int CallsOf(string action)
    {
        lock (_calls)
        {
            return _calls.GetValueOrDefault(IndexOf(graph, action));
        }
    }

    public override ActionStatus? Answer(AgentRun run, int action, out Exception? error)
    {
        error = null;
        if (run.Plan.Graph.Name != graph.Name)
        {
            return null;
        }

        lock (_calls)
        {
            _calls[action] = _calls.GetValueOrDefault(action) + 1;
        }

        if (!_fakes.TryGetValue(action, out var fake))
        {
            return null;
        }

        try
        {
            Put(run, action, fake(new FakeCall(run, action)));
            return ActionStatus.Completed;
        }
        catch (Exception e)
        {
            error = e;
            return ActionStatus.Failed;
        }
    }

    private static void Put(AgentRun run, int action, object? output)
    {
        if (run.OutputJson(action) is not { } contract)
        {
            return;
        }

        if (output is null ? contract.Type.IsValueType : !contract.Type.IsInstanceOfType(output))
        {
            throw new InvalidCastException($"Action '{run.Plan.Graph.Actions[action].Name}' makes {contract.Type}, and its fake {output?.GetType().ToString() ?? "null"}.");
        }

        run.SetOutput(action, output);
    }
}
