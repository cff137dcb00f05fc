using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.CompilerServices;

/// <summary>
/// The services of a run. They come from a scope that is opened when the first one is asked for, and disposed once the run has ended or
/// rests and nothing of it is
/// under way: fire-and-forget actions and compensations are part of the run.
/// </summary>
public abstract partial class AgentRun
{
    private readonly Lock _servicesGate = new();

    /// <summary>
    /// Where services come from: the scope, or the provider itself if it makes none. Null until one is asked for. Written under the gate of
    /// services, as all below.
    /// </summary>
    private volatile IServiceProvider? _services;
    private IServiceScope? _scope;

    /// <summary>
    /// The run's own claim on its services, and one for each fire-and-forget action and each body of a session under way; at 0 the scope is
    /// disposed.
    /// </summary>
    private int _serviceHolds = 1;

    /// <summary>Whether the run has given its own claim up.</summary>
    private bool _hasLeftServices;

    /// <summary>Told what a scope throws that nobody awaits. Null outside sessions.</summary>
    private Action<Exception>? _servicesFailed;

    /// <summary>Whether the fast lane has to end in the scheduler, which awaits the end of the scope.</summary>
    protected bool HoldsServices => _scope is not null || _plan.HasForgotten;

    /// <summary>The services of the run, from its scope; null if it has none.</summary>
    /// <exception cref="InvalidOperationException">The run has ended.</exception>
    internal IServiceProvider? ScopedServices => _services ?? OpenServices();

    /// <summary>A service for an action's parameter.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <param name="action">The action.</param>
    /// <param name="parameter">The parameter's name.</param>
    /// <returns>The service.</returns>
    /// <exception cref="InvalidOperationException">There is no provider, or it does not know the service.</exception>
    public T Service<T>(int action, string parameter)
        where T : notnull => ServiceOrDefault<T>() is { } service ? service : throw MissingService(action, parameter, typeof(T));

    /// <summary>A service for an action's parameter that can do without.</summary>
    /// <typeparam name="T">The service.</typeparam>
    /// <returns>The service, or the default if there is none.</returns>
    public T? ServiceOrDefault<T>() => ScopedServices?.GetService(typeof(T)) is T service ? service : default;

    /// <summary>The provider of keyed services for an action's parameter.</summary>
    /// <param name="action">The action.</param>
    /// <param name="parameter">The parameter's name.</param>
    /// <returns>The provider.</returns>
    /// <exception cref="InvalidOperationException">There is no provider.</exception>
    public IServiceProvider Services(int action, string parameter) => ScopedServices ?? throw MissingService(action, parameter, typeof(IServiceProvider));

    /// <summary>Ends a run that the fast lane has brought to its end, and that holds services.</summary>
    protected void GoOnClosing()
    {
        Adopt(_plan.Count);
        _resting = true;
        Finish();
    }

    /// <summary>Gives up the run's own claim on its services; once.</summary>
    /// <param name="failed">Told what the scope throws; without it, that is thrown.</param>
    /// <returns>Completes when the scope is disposed, or at once if something of the run is still under way.</returns>
    internal ValueTask LeaveServicesAsync(Action<Exception>? failed = null)
    {
        lock (_servicesGate)
        {
            if (_hasLeftServices)
            {
                return default;
            }

            _hasLeftServices = true;
            _servicesFailed = failed;
        }

        return ReleaseServicesAsync();
    }

    private IServiceProvider? OpenServices()
    {
        if (_options.Services is not { } root)
        {
            return null;
        }

        lock (_servicesGate)
        {
            if (_services is { } services)
            {
                return services;
            }

            if (_serviceHolds == 0)
            {
                throw new InvalidOperationException($"The run of agent '{_plan.Graph.Name}' has ended, and its services with it.");
            }

            _scope = (root.GetService(typeof(IServiceScopeFactory)) as IServiceScopeFactory)?.CreateScope();
            return _services = _scope?.ServiceProvider ?? root;
        }
    }

    /// <summary>Keeps the services until <see cref="ReleaseServicesAsync"/>.</summary>
    private void HoldServices()
    {
        lock (_servicesGate)
        {
            _serviceHolds++;
        }
    }

    private ValueTask ReleaseServicesAsync()
    {
        IServiceScope? scope;
        lock (_servicesGate)
        {
            if (--_serviceHolds > 0)
            {
                return default;
            }

            scope = _scope;
            _scope = null;
            _services = null;
        }

        if (scope is null)
        {
            return default;
        }

        if (!_wasRecorded)
        {
            return DisposeAsync(scope, null);
        }

        // A session ends on whatever thread that happens; what its services do then must see nobody's context.
        ValueTask disposing = default;
        ExecutionContext.Run(Detached.EmptyContext, _ => disposing = DisposeAsync(scope, _servicesFailed), null);
        return disposing;
    }

    private static async ValueTask DisposeAsync(IServiceScope scope, Action<Exception>? failed)
    {
        try
        {
            await new AsyncServiceScope(scope).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (failed is not null)
        {
            failed(e);
        }
    }

    /// <summary>The body of an action of a session is over.</summary>
    private void ReleaseBody()
    {
        var disposing = ReleaseServicesAsync();
        if (!disposing.IsCompletedSuccessfully)
        {
            // The session has left, and told the scope whom to tell of its failures.
            _ = disposing.AsTask();
        }
    }

    private void ResetServices()
    {
        _services = null;
        _scope = null;
        _serviceHolds = 1;
        _hasLeftServices = false;
        _servicesFailed = null;
    }

    private InvalidOperationException MissingService(int action, string parameter, Type type) => new(
        $"Parameter '{parameter}' of action '{_plan.NameOf(action)}' needs the service {type}. {(_options.Services is null ? "Pass a provider in RunOptions.Services." : "Register it with the provider in RunOptions.Services.")}");
}
