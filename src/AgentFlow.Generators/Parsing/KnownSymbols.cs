using System.Linq;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>
/// The types that mean something to the language, told by name: a compilation may see one of them twice
/// (a reference and a copy in source), and then has no symbol for it.
/// </summary>
internal static class KnownSymbols
{
    public const string Agent = "AgentAttribute";
    public const string Action = "ActionAttribute";
    public const string Signal = "SignalAttribute";
    public const string Result = "ResultAttribute";
    public const string DependsOn = "DependsOnAttribute";
    public const string Input = "InputAttribute";
    public const string From = "FromAttribute";
    public const string Previous = "PreviousAttribute";
    public const string Item = "ItemAttribute";
    public const string Service = "ServiceAttribute";
    public const string When = "WhenAttribute";
    public const string ForEach = "ForEachAttribute";
    public const string Until = "UntilAttribute";
    public const string Retry = "RetryAttribute";
    public const string Timeout = "TimeoutAttribute";
    public const string Fallback = "FallbackAttribute";
    public const string Compensate = "CompensateAttribute";
    public const string Requires = "RequiresAttribute";
    public const string Ensures = "EnsuresAttribute";
    public const string Cache = "CacheAttribute";
    public const string Delay = "DelayAttribute";
    public const string Optional = "OptionalAttribute";
    public const string Budget = "BudgetAttribute";
    public const string Upcast = "UpcastAttribute";
    public const string Sensitive = "SensitiveAttribute";
    public const string Tool = "ToolAttribute";

    /// <summary>The metadata name of the class that the generated code takes keyed services with.</summary>
    public const string KeyedServices = "Microsoft.Extensions.DependencyInjection.ServiceProviderKeyedServiceExtensions";

    /// <summary>Attributes that say where a parameter's value comes from.</summary>
    public static bool IsBinding(AttributeData attribute) =>
        attribute.AttributeClass?.Name is Input or From or Previous or Item or Service;

    public static bool IsAgentFlow(AttributeData attribute) =>
        attribute.AttributeClass is { } type && IsIn(type.ContainingNamespace, "AgentFlow");

    public static bool IsAgent(INamedTypeSymbol type) =>
        type.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == Agent && IsAgentFlow(attribute));

    /// <summary>The mark that makes a method, or an agent, a tool; null if it has none.</summary>
    public static AttributeData? ToolMark(ISymbol symbol) =>
        symbol.GetAttributes().FirstOrDefault(static attribute => attribute.AttributeClass?.Name == Tool && IsAgentFlow(attribute));

    public static bool IsServiceProvider(ITypeSymbol type) => Is(type, "IServiceProvider", "System");

    /// <summary>Whether it is an attribute of the validation that comes with .NET.</summary>
    public static bool IsValidation(AttributeData attribute) =>
        attribute.AttributeClass is { } type && IsIn(type.ContainingNamespace, "System", "ComponentModel", "DataAnnotations");

    public static bool IsActionContext(ITypeSymbol type) => Is(type, "ActionContext", "AgentFlow");

    public static bool IsCancellationToken(ITypeSymbol type) => Is(type, "CancellationToken", "System", "Threading");

    public static bool IsException(ITypeSymbol type) => Is(type, "Exception", "System");

    public static bool IsTask(ITypeSymbol type) => Is(type, "Task", "System", "Threading", "Tasks");

    public static bool IsValueTask(ITypeSymbol type) => Is(type, "ValueTask", "System", "Threading", "Tasks");

    public static bool IsAsyncEnumerable(ITypeSymbol type) => Is(type, "IAsyncEnumerable", "System", "Collections", "Generic");

    /// <summary>Whether it is the attribute of System.Text.Json with that name; another library has some of the same names.</summary>
    public static bool IsJson(AttributeData attribute, string name) =>
        attribute.AttributeClass is { } type && type.Name == name + "Attribute" && IsIn(type.ContainingNamespace, "System", "Text", "Json", "Serialization");

    /// <summary>Whether code that mentions the symbol does not compile.</summary>
    public static bool IsObsoleteError(this ISymbol symbol) =>
        symbol.GetAttributes().Any(static a => a.AttributeClass is { Name: "ObsoleteAttribute" } && a.ConstructorArguments.Length > 1 && a.ConstructorArguments[1].Value is true);

    /// <summary>Members that this generator wrote: an analyzer sees them, the generator never does, and both must find the same.</summary>
    public static bool IsGenerated(ISymbol symbol) =>
        symbol.GetAttributes().Any(static attribute => attribute.AttributeClass is { Name: "GeneratedCodeAttribute" } type
            && IsIn(type.ContainingNamespace, "System", "CodeDom", "Compiler")
            && attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Primitive, Value: string tool }
            && tool.StartsWith("AgentFlow", System.StringComparison.Ordinal));

    public static bool IsInCollections(INamespaceSymbol? space) => IsIn(space, "System", "Collections");

    public static bool Is(ITypeSymbol type, string name, params string[] path) => type.Name == name && IsIn(type.ContainingNamespace, path);

    private static bool IsIn(INamespaceSymbol? space, params string[] path)
    {
        for (var i = path.Length - 1; i >= 0; i--)
        {
            if (space is null || space.Name != path[i])
            {
                return false;
            }

            space = space.ContainingNamespace;
        }

        return space is { IsGlobalNamespace: true };
    }
}
