using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>What no method that the generated code calls may look like.</summary>
internal sealed class SignatureRules(Reporter report, Compilation compilation)
{
    /// <summary>Metadata ends at 1,023 characters, and generated names put words of their own before and after those of the user's.</summary>
    public const int LongestName = 900;

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

        if (Obstacle(method) is { } obstacle)
        {
            report.Report(Descriptors.NotCallable, Place.Of(method), method.Name.Length <= LongestName ? method.Name : method.Name.Substring(0, 40) + "…", obstacle);
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

    /// <summary>What keeps C# from calling the method at all, or metadata from names that are made of its own.</summary>
    public static string? Obstacle(IMethodSymbol method) =>
        method.IsVararg ? "it takes __arglist; take an array"
        : Has(method, "UnmanagedCallersOnlyAttribute", "System", "Runtime", "InteropServices") ? "[UnmanagedCallersOnly] leaves it to unmanaged code; call what it calls"
        : Has(method, "ConditionalAttribute", "System", "Diagnostics") ? "[Conditional] leaves the call out where its symbol is not defined; ask with #if in its body"
        : MayBeMissing(method.ReturnType) ? "what is to be awaited may be null; return one that is there, such as Task.CompletedTask"
        : method.Name.Length > LongestName ? "its name is longer than 900 characters, and names are made of it that metadata has no room for; shorten it"
        : null;

    /// <summary>Whether a task, or a stream, is one that may be null.</summary>
    private static bool MayBeMissing(ITypeSymbol type) => type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
        ? IsAwaited(((INamedTypeSymbol)type).TypeArguments[0])
        : type.NullableAnnotation == NullableAnnotation.Annotated && IsAwaited(type);

    private static bool Has(IMethodSymbol method, string name, params string[] @namespace) =>
        method.GetAttributes().Any(a => a.AttributeClass is { } type && KnownSymbols.Is(type, name, @namespace));

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

    /// <summary>Whether it lives on the stack alone, or is made of pointers, which nothing but unsafe code may hold.</summary>
    public static bool IsStackOnly(ITypeSymbol type) => type.IsRefLikeType || type switch
    {
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => true,
        IArrayTypeSymbol array => IsStackOnly(array.ElementType),

        // It may stand for a ref struct. A Func<T> of it is on the heap all the same.
        ITypeParameterSymbol parameter => parameter.AllowsRefLikeType,
        INamedTypeSymbol named => named.TypeArguments.Any(static a => a is not ITypeParameterSymbol && IsStackOnly(a)),
        _ => false,
    };

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
