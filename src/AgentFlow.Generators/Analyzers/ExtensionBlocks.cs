using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// Members of <c>extension(List&lt;int&gt; list) { … }</c>: they are used like members of what they extend, which is a parameter within.
/// The compiler that this is built against, older than they are, has no names for them.
/// </summary>
internal static class ExtensionBlocks
{
    /// <summary>Stands for the receiver where parameters are told apart by their ordinals.</summary>
    public const int Receiver = -1;

    /// <summary><c>TypeKind.Extension</c> of later versions.</summary>
    private const TypeKind Extension = (TypeKind)14;

    /// <summary>Whether the member is called on what an extension block extends.</summary>
    public static bool Extends(ISymbol member) => member is { IsStatic: false, ContainingType.TypeKind: Extension };

    /// <summary>The ordinal of a parameter of a method, or of the block that the method stands in; null if it is neither's.</summary>
    public static int? OrdinalIn(IMethodSymbol method, IParameterSymbol parameter) =>
        SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method) ? parameter.Ordinal
            : SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method.ContainingType) ? Receiver
            : null;

    /// <summary>The parameter that stands for the receiver; null if its source is not here.</summary>
    public static IParameterSymbol? ReceiverOf(IMethodSymbol method, Compilation compilation, CancellationToken ct) =>
        method.OriginalDefinition.ContainingType.DeclaringSyntaxReferences
            .Where(reference => compilation.ContainsSyntaxTree(reference.SyntaxTree))
            .Select(reference => (reference.GetSyntax(ct) as TypeDeclarationSyntax)?.ParameterList?.Parameters.FirstOrDefault())
            .OfType<ParameterSyntax>()
            .Select(parameter => compilation.GetSemanticModel(parameter.SyntaxTree).GetDeclaredSymbol(parameter, ct))
            .FirstOrDefault();
}
