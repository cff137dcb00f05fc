using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>What no method that the generated code calls may look like.</summary>
internal sealed class SignatureRules(Reporter report, Compilation compilation)
{
    // A method may serve in several roles; it is judged once.
    private readonly HashSet<IMethodSymbol> _judged = new(SymbolEqualityComparer.Default);

    public void Check(IMethodSymbol method)
    {
        if (!_judged.Add(method))
        {
            return;
        }

        if (method is { IsAsync: true, ReturnsVoid: true })
        {
            report.Report(Descriptors.AsyncVoid, Place.Of(method), method.Name);
        }

        if (method.IsGenericMethod)
        {
            report.Report(Descriptors.GenericAction, Place.Of(method), method.Name);
        }

        if (method.RefKind != RefKind.None)
        {
            report.Report(Descriptors.ByReferenceParameter, Place.Of(method), method.Name);
        }

        CheckType(method, method.ReturnType);
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.None)
            {
                report.Report(Descriptors.ByReferenceParameter, Place.Of(parameter), parameter.Name);
            }

            CheckType(parameter, parameter.Type);
        }
    }

    /// <summary>Whether something is wrong with the type that was, or will be, said.</summary>
    public static bool IsUnusable(Compilation compilation, ITypeSymbol type) =>
        IsStackOnly(type) || HasError(type) || IsLocalToFile(type) || ExternAliases.Hide(compilation, type);

    /// <summary>Whether the type, or one that it consists of, can be named in one file alone, which generated code is not in.</summary>
    public static bool IsLocalToFile(ITypeSymbol type)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                return IsLocalToFile(array.ElementType);
            case INamedTypeSymbol named:
                for (var level = named; level is not null; level = level.ContainingType)
                {
                    if (level.IsFileLocal || level.TypeArguments.Any(IsLocalToFile))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }

    private void CheckType(ISymbol symbol, ITypeSymbol type)
    {
        if (IsStackOnly(type))
        {
            report.Report(Descriptors.StackOnlyType, Place.Of(symbol), symbol.Name, type);
        }
        else if (HasError(type) || IsLocalToFile(type))
        {
            report.LeaveToCompiler();
        }
        else if (ExternAliases.Hide(compilation, type))
        {
            report.Report(Descriptors.ExternAlias, Place.Of(symbol), symbol.Name, type);
        }
        else if (symbol is IMethodSymbol method && ReturnShape.Of(method).Value is { } value && IsAwaited(value))
        {
            report.Report(Descriptors.StackOnlyType, Place.Of(symbol), symbol.Name, value);
        }
    }

    /// <summary>Whether it is no value yet: <c>Task&lt;Task&lt;T&gt;&gt;</c> gives a task, which nobody awaits.</summary>
    public static bool IsAwaited(ITypeSymbol type) =>
        KnownSymbols.IsTask(type) || KnownSymbols.IsValueTask(type) || KnownSymbols.IsAsyncEnumerable(type);

    private static bool IsStackOnly(ITypeSymbol type) => type.IsRefLikeType || type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer;

    private static bool HasError(ITypeSymbol type)
    {
        switch (type)
        {
            case { TypeKind: TypeKind.Error } or ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method }:
                return true;
            case IArrayTypeSymbol array:
                return HasError(array.ElementType);
            case INamedTypeSymbol named:
                foreach (var argument in named.TypeArguments)
                {
                    if (HasError(argument))
                    {
                        return true;
                    }
                }

                return false;
            default:
                return false;
        }
    }
}
