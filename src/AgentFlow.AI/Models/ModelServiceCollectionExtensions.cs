using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.AI;

/// <summary>Registers models by their roles: actions take them as <c>[Service(Key = ModelRoles.Planner)] IChatClient model</c>.</summary>
public static class ModelServiceCollectionExtensions
{
    /// <summary>Registers a model for a role: a keyed singleton, made when it is first asked for and disposed of with the services.</summary>
    /// <param name="services">The services.</param>
    /// <param name="role">The role; one of <see cref="ModelRoles"/> or any other.</param>
    /// <param name="create">Makes the model.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddModel(this IServiceCollection services, string role, Func<IServiceProvider, IChatClient> create)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        ArgumentNullException.ThrowIfNull(create);
        return services.AddKeyedSingleton(role, (provider, _) => create(provider));
    }

    /// <summary>Registers a model behind an OpenAI-compatible endpoint for a role, with <see cref="ChatClientExtensions.WithResilience"/> and <see cref="ChatClientExtensions.WithTelemetry"/> around it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="role">The role; one of <see cref="ModelRoles"/> or any other.</param>
    /// <param name="options">The model, and where it is.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddOpenAIModel(this IServiceCollection services, string role, OpenAIModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddModel(role, _ => new OpenAIChatClient(options).WithTelemetry().WithResilience(new() { TimeProvider = options.TimeProvider }));
    }
}
