namespace AgentFlow;

/// <summary>
/// Takes a service from the run's scope of <see cref="RunOptions.Services"/>. Actions of one run share it, those that run in parallel too;
/// a child has its own, and a session opens a new
/// one each time it resumes.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class ServiceAttribute : Attribute
{
    /// <summary>The key of a keyed service (a string). Default: none.</summary>
    public string? Key { get; set; }
}
