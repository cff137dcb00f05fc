namespace AgentFlow;

/// <summary>Takes a service from <see cref="RunOptions.Services"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class ServiceAttribute : Attribute
{
    /// <summary>The key of a keyed service (a string). Default: none.</summary>
    public string? Key { get; set; }
}
