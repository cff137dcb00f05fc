using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Carries prices beside a model, to be found as a service.</summary>
internal sealed class PricedChatClient(IChatClient inner, PriceTable prices) : DelegatingChatClient(inner)
{
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(PriceTable) ? prices : base.GetService(serviceType, serviceKey);
}
