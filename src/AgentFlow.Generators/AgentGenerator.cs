using System.Linq;
using System.Text;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing.Incremental;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

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

        context.RegisterSourceOutput(agents, static (context, agent) => Emit(context, agent!));
    }

    /// <summary>
    /// One file an agent: after every edit the compiler compares the name of every generated file with those of all others
    /// (Roslyn 4.14, <c>AdditionalSourcesCollection</c>), so that three times as many files cost it nine times as much.
    /// </summary>
    internal static (string HintName, string Source) FileOf(AgentModel agent)
    {
        var parts = AgentEmitter.Emit(agent).ToList();
        return (parts[0].HintName, string.Join("\n", parts.Select(static part => part.Source)));
    }

    private static void Emit(SourceProductionContext context, AgentModel agent)
    {
        var (hintName, source) = FileOf(agent);
        context.AddSource(hintName, SourceText.From(source, Encoding.UTF8));
    }
}
