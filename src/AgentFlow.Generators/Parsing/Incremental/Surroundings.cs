using System;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>What a compilation is made of besides its files. If any of it changes, everything may mean something else.</summary>
internal sealed class Surroundings
{
    private readonly string? _name;
    private readonly CompilationOptions _options;
    private readonly ImmutableArray<MetadataReference> _references;

    private Surroundings(Compilation compilation, bool isReferredTo)
    {
        _name = compilation.AssemblyName;
        _options = compilation.Options;
        _references = compilation.ExternalReferences;
        IsReferredTo = isReferredTo;
    }

    /// <summary>
    /// Whether a reference refers to an assembly of this one's name: its types may derive from types of this source, which no
    /// name here tells. Then nothing can be kept.
    /// </summary>
    public bool IsReferredTo { get; }

    public static Surroundings Of(Compilation compilation, Surroundings? before) =>
        before is not null && before.AreThoseOf(compilation) ? before : new Surroundings(compilation, RefersBack(compilation));

    private static bool RefersBack(Compilation compilation) =>
        compilation.SourceModule.ReferencedAssemblySymbols
            .SelectMany(static assembly => assembly.Modules)
            .SelectMany(static module => module.ReferencedAssemblies)
            .Any(identity => string.Equals(identity.Name, compilation.AssemblyName, StringComparison.OrdinalIgnoreCase));

    private bool AreThoseOf(Compilation compilation) =>
        _name == compilation.AssemblyName
        && _options.Equals(compilation.Options)
        && (_references == compilation.ExternalReferences || _references.SequenceEqual(compilation.ExternalReferences));
}
