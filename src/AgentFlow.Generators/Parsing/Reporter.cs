using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Counts what is wrong with one agent and, if there is a sink, says it.</summary>
internal sealed class Reporter(IDiagnosticSink? sink, INamedTypeSymbol agent, Compilation compilation, CancellationToken ct)
{
    /// <summary>Whether a rule of severity error was broken.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>
    /// Whether every name and every parameter was resolved. If not, rules about the whole graph would only repeat
    /// what was said already.
    /// </summary>
    public bool IsGraphKnown { get; private set; } = true;

    /// <summary>Whether nobody listens: what only a message needs is not worth computing.</summary>
    public bool IsSilent => sink is null;

    public void Report(DiagnosticDescriptor descriptor, Place place, params object[] arguments) =>
        Report(descriptor, place, Array.Empty<Place>(), ImmutableDictionary<string, string?>.Empty, arguments);

    /// <param name="descriptor">The rule.</param>
    /// <param name="place">Where it was broken.</param>
    /// <param name="related">Further places.</param>
    /// <param name="properties">What a code fix needs to know.</param>
    /// <param name="arguments">For the message: strings, numbers, types.</param>
    public void Report(
        DiagnosticDescriptor descriptor,
        Place place,
        IReadOnlyCollection<Place> related,
        ImmutableDictionary<string, string?> properties,
        params object[] arguments)
    {
        if (descriptor.DefaultSeverity == DiagnosticSeverity.Error)
        {
            HasErrors = true;

            // AF01xx are about edges, AF02xx about signatures; whatever else is wrong leaves the graph as it is.
            IsGraphKnown &= !descriptor.Id.StartsWith("AF01", StringComparison.Ordinal) && !descriptor.Id.StartsWith("AF02", StringComparison.Ordinal);
        }

        sink?.Report(Diagnostic.Create(
            descriptor,
            Locate(place),
            related.Select(Locate),
            properties,
            [.. arguments.Select(static argument => argument is ITypeSymbol type ? type.ToMinimalName() : argument)]));
    }

    /// <summary>The compiler itself says what is wrong; nothing is added to it.</summary>
    public void LeaveToCompiler()
    {
        HasErrors = true;
        IsGraphKnown = false;
    }

    /// <summary>Something that was reported under another block than AF01xx and AF02xx leaves edges out.</summary>
    public void MissEdges() => IsGraphKnown = false;

    /// <summary>What lies in another project or in metadata is shown at the agent, where its user can act.</summary>
    private Location Locate(Place place) =>
        place.Locate(ct) is { SourceTree: { } tree } location && compilation.ContainsSyntaxTree(tree)
            ? location
            : agent.Locations[0];
}
