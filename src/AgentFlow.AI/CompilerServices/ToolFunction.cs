using System.ComponentModel;
using System.Text.Json;
using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.CompilerServices;

/// <summary>What every generated tool derives from. For generated code.</summary>
/// <param name="definition">What is known of the tool.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ToolFunction(ToolDefinition definition) : AIFunction
{
    /// <inheritdoc />
    public sealed override string Name => Definition.Name;

    /// <inheritdoc />
    public sealed override string Description => Definition.Description;

    /// <inheritdoc />
    public sealed override JsonElement JsonSchema => Definition.Schema;

    /// <inheritdoc />
    public sealed override JsonElement? ReturnJsonSchema => Definition.ResultSchema;

    /// <summary>What is known of the tool.</summary>
    protected ToolDefinition Definition { get; } = definition;

    /// <inheritdoc />
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ToolDefinition) ? Definition : base.GetService(serviceType, serviceKey);

    /// <summary>The services of a call.</summary>
    /// <param name="arguments">The call.</param>
    /// <exception cref="InvalidOperationException">The call brings none.</exception>
    protected IServiceProvider Services(AIFunctionArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Services ?? throw new InvalidOperationException($"Tool '{Name}' takes services, and the call brings none. Set AIFunctionArguments.Services.");
    }

    /// <summary>A service of a call.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <param name="arguments">The call.</param>
    /// <exception cref="InvalidOperationException">The call brings no services, or not this one.</exception>
    protected T Service<T>(AIFunctionArguments arguments) =>
        Services(arguments).GetService(typeof(T)) is T service ? service : throw new InvalidOperationException($"Tool '{Name}' takes a '{typeof(T)}', and the services of the call have none. Register it.");

    /// <summary>A service of a call, if it brings it.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <param name="arguments">The call.</param>
    protected static T? ServiceOrDefault<T>(AIFunctionArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Services?.GetService(typeof(T)) is T service ? service : default;
    }

    /// <summary>The context of the action that makes the call.</summary>
    /// <param name="arguments">The call.</param>
    /// <exception cref="InvalidOperationException">No action makes it.</exception>
    protected ActionContext Context(AIFunctionArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments.Context?.TryGetValue(typeof(ActionContext), out var context) == true && context is ActionContext found
            ? found
            : throw new InvalidOperationException($"Tool '{Name}' takes an ActionContext, and no action calls it. Pass the action's as {nameof(ToolCallOptions)}.{nameof(ToolCallOptions.ActionContext)}.");
    }

    /// <summary>Runs an agent as the call wants it.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run.</param>
    /// <param name="arguments">The call.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    protected static ValueTask<TResult> Run<TSelf, TInput, TResult>(IAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, AIFunctionArguments arguments, CancellationToken cancellationToken)
        where TSelf : IAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        return Runner(arguments) is { } runner ? runner.RunAsync(agent, input, options, cancellationToken) : agent.RunAsync(input, options, cancellationToken);
    }

    /// <summary>Runs an agent that may run in a session as the call wants it.</summary>
    /// <typeparam name="TSelf">The agent.</typeparam>
    /// <typeparam name="TInput">Its input.</typeparam>
    /// <typeparam name="TResult">Its result.</typeparam>
    /// <param name="agent">The agent.</param>
    /// <param name="input">The arguments of the run.</param>
    /// <param name="options">What surrounds the run.</param>
    /// <param name="arguments">The call.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    protected static ValueTask<TResult> RunDurable<TSelf, TInput, TResult>(IDurableAgent<TSelf, TInput, TResult> agent, TInput input, RunOptions options, AIFunctionArguments arguments, CancellationToken cancellationToken)
        where TSelf : IDurableAgent<TSelf, TInput, TResult>
    {
        ArgumentNullException.ThrowIfNull(agent);
        return Runner(arguments) is { } runner ? runner.RunDurableAsync(agent, input, options, cancellationToken) : agent.RunAsync(input, options, cancellationToken);
    }

    private static AgentToolRunner? Runner(AIFunctionArguments arguments) =>
        arguments.Context?.TryGetValue(typeof(AgentToolRunner), out var runner) == true ? runner as AgentToolRunner : null;
}
