using System.Linq;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators;

/// <summary>Writes the JSON schema and the invoker of every method and agent with <c>[Tool]</c>. Diagnostics come from the analyzer.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ToolGenerator : IIncrementalGenerator
{
    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Syntax is searched for the attribute once a file: a project without tools pays for nothing else.
        var tools = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                "AgentFlow.ToolAttribute",
                static (node, _) => node is MethodDeclarationSyntax or TypeDeclarationSyntax,
                static (context, ct) => IsFirst(context.TargetSymbol, out var type) ? ToolParser.Parse(type, context.SemanticModel.Compilation, sink: null, ct) : null)
            .Where(static model => model is not null)
            .WithTrackingName(TrackingNames.Tools);

        context.RegisterSourceOutput(tools, static (context, model) => context.AddSource(HintName.For(model!.MetadataName + ".Tools"), ToolEmitter.Emit(model).ToSourceText()));
    }

    /// <summary>Each class is parsed once, whichever of its members come up.</summary>
    private static bool IsFirst(ISymbol target, out INamedTypeSymbol type)
    {
        type = target as INamedTypeSymbol ?? target.ContainingType;
        return SymbolEqualityComparer.Default.Equals(target, KnownSymbols.ToolMark(type) is null ? ToolParser.MethodsOf(type).FirstOrDefault() : type);
    }
}
