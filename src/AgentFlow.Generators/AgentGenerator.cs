using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Parsing.Incremental;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators;

/// <summary>Writes the scheduler, the state and the public surface of every class with <c>[Agent]</c>. Diagnostics come from the analyzers.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class AgentGenerator : IIncrementalGenerator
{
    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // A step that takes the compilation runs after every edit; this one then looks at what was edited, and at nothing else.
        var models = new AgentModels();
        var agents = context.CompilationProvider
            .SelectMany(models.Of)
            .WithTrackingName(TrackingNames.Places)
            .Where(static agent => agent is not null)
            .WithTrackingName(TrackingNames.Agents);

        // One file an agent: after every edit the compiler compares the name of every generated file with those of all others
        // (Roslyn 4.14, AdditionalSourcesCollection), so that three times as many files cost it nine times as much.
        context.RegisterSourceOutput(agents, static (context, agent) => context.AddSource(HintName.For(agent!.MetadataName), AgentEmitter.Emit(agent).ToSourceText()));
    }
}
