using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// What a method reads that may be different the next time: clocks, randomness, the environment, statics that change. Calls are followed into
/// whatever has its source in the compilation; what is behind an interface or an override is not seen.
/// </summary>
internal sealed class ImpureReads(Compilation compilation)
{
    /// <summary>How many calls deep. Beyond it nothing is found, so nothing is reported that is not there.</summary>
    private const int MaxDepth = 8;

    private readonly ConcurrentDictionary<(ISymbol Body, int Depth), ImmutableArray<Read>> _known = new();

    /// <summary>A read: where it is done, where the way to it starts, and the way itself.</summary>
    public readonly record struct Read(Location Here, Location There, ImmutableList<string> Path);

    public ImmutableArray<Read> In(IMethodSymbol method, CancellationToken ct) => In(method, MaxDepth, ct);

    /// <param name="body">A method, or a field that holds a delegate.</param>
    /// <param name="depth">How many calls deep it is looked into.</param>
    /// <param name="ct">Ends the search.</param>
    private ImmutableArray<Read> In(ISymbol body, int depth, CancellationToken ct)
    {
        var method = ((body as IMethodSymbol)?.PartialImplementationPart ?? body).OriginalDefinition;
        if (depth == 0 || method.DeclaringSyntaxReferences.IsEmpty)
        {
            return [];
        }

        if (_known.TryGetValue((method, depth), out var known))
        {
            return known;
        }

        var reads = ImmutableArray.CreateBuilder<Read>();
        foreach (var reference in method.DeclaringSyntaxReferences.Where(r => compilation.ContainsSyntaxTree(r.SyntaxTree)))
        {
            ct.ThrowIfCancellationRequested();
            var declared = reference.GetSyntax(ct);
            var syntax = declared is VariableDeclaratorSyntax { Initializer: { } initializer } ? initializer : declared;
            var model = compilation.GetSemanticModel(reference.SyntaxTree);
            foreach (var operation in (model.GetOperation(syntax, ct)?.DescendantsAndSelf() ?? []).Where(static o => !o.Ancestors().Any(static a => a.Kind == OperationKind.NameOf)))
            {
                if (Symbol(operation) is not { } symbol)
                {
                    continue;
                }

                var here = ActionBodies.NameOf(operation.Syntax);
                if (IsImpure(symbol, operation))
                {
                    reads.Add(new Read(here, here, [Name(symbol, method.ContainingType)]));
                }
                else if (Body(symbol, operation) is { } called && !SymbolEqualityComparer.Default.Equals(called, method) && In(called, depth - 1, ct) is { IsEmpty: false } beyond)
                {
                    reads.Add(new Read(here, beyond[0].There, beyond[0].Path.Insert(0, Name(symbol, method.ContainingType))));
                }
            }
        }

        return _known[(method, depth)] = reads.ToImmutable();
    }

    private static ISymbol? Symbol(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation property => property.Property,
        IFieldReferenceOperation field => field.Field,
        IInvocationOperation call => call.TargetMethod,
        IMethodReferenceOperation reference => reference.Method,
        IObjectCreationOperation creation => creation.Constructor,
        IBinaryOperation binary => binary.OperatorMethod,
        IUnaryOperation unary => unary.OperatorMethod,
        IConversionOperation conversion => conversion.OperatorMethod,
        _ => null,
    };

    /// <summary>What runs when the symbol is used.</summary>
    private static ISymbol? Body(ISymbol symbol, IOperation operation) => symbol switch
    {
        IFieldSymbol { IsReadOnly: true, Type.TypeKind: TypeKind.Delegate } => symbol,
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } => null, // Its body is part of the method's.
        IMethodSymbol method => method,
        IPropertySymbol property => operation.Parent is ISimpleAssignmentOperation assignment && assignment.Target == operation ? property.SetMethod : property.GetMethod,
        _ => null,
    };

    private static bool IsImpure(ISymbol symbol, IOperation operation)
    {
        switch (symbol)
        {
            case IFieldSymbol { IsStatic: true, IsConst: false, IsReadOnly: false, ContainingType.TypeKind: not TypeKind.Enum }:
                return true;
            case IPropertySymbol { IsStatic: true, SetMethod: { } }:
                return true;
        }

        if (symbol.ContainingType is not { ContainingType: null } type)
        {
            return false;
        }

        if (symbol is IMethodSymbol { Name: "GetHashCode", IsStatic: false, Parameters.IsEmpty: true } hash)
        {
            // Hashes of text are salted anew in each process, and with them those of records, which are made of their members'.
            return type.SpecialType is SpecialType.System_String or SpecialType.System_Object or SpecialType.System_ValueType
                || (type.IsRecord && hash.IsImplicitlyDeclared);
        }

        return type.ContainingNamespace.ToDisplayString() switch
        {
            "System" => type.Name switch
            {
                "DateTime" or "DateTimeOffset" => symbol.Name is "Now" or "UtcNow" or "Today",
                "Guid" => symbol.Name is "NewGuid" or "CreateVersion7",
                "Random" => operation is not IObjectCreationOperation { Arguments.Length: > 0 },
                "TimeZoneInfo" => symbol.Name is "Local",
                "TimeProvider" => symbol.Name is "System" or "GetUtcNow" or "GetLocalNow" or "GetTimestamp" or "GetElapsedTime" or "LocalTimeZone",
                "Environment" or "Console" or "HashCode" => true,
                _ => false,
            },
            "System.Diagnostics" => type.Name is "Stopwatch" or "Process",
            "System.Security.Cryptography" => type.Name == "RandomNumberGenerator",
            "System.IO" => type.Name is "File" or "Directory" or "FileInfo" or "DirectoryInfo" or "DriveInfo"
                || (type.Name == "Path" && symbol.Name is "GetTempPath" or "GetTempFileName" or "GetRandomFileName"),
            "System.Net" => type.Name == "Dns",
            "System.Net.Http" => type.Name == "HttpClient",
            _ => false,
        };
    }

    private static string Name(ISymbol symbol, INamedTypeSymbol from) => symbol switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "new " + symbol.ContainingType.Name,
        _ when SymbolEqualityComparer.Default.Equals(symbol.ContainingType, from) => symbol.Name,
        _ => $"{symbol.ContainingType.Name}.{symbol.Name}",
    };
}
