using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Model;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>AF0403: where the body of an action hands something sensitive to a log, a console, an event or an exception.</summary>
internal sealed class SensitiveFlows(INamedTypeSymbol agent, AgentModel model, Compilation compilation)
{
    /// <summary>How many helpers deep a value is followed.</summary>
    private const int MaxHelpers = 3;

    private readonly Dictionary<(IMethodSymbol Method, IParameterSymbol Parameter, int Depth), string?> _known = [];

    public void Check(Action<Diagnostic> report, CancellationToken ct)
    {
        var actions = model.Actions.ToDictionary(static action => action.Method.Name);
        foreach (var method in ActionCollector.Lineage(agent).SelectMany(static type => type.GetMembers().OfType<IMethodSymbol>()))
        {
            if (!actions.TryGetValue(method.Name, out var action) || !ActionBodies.IsAction(method))
            {
                continue;
            }

            var marked = Marked(method, action);
            foreach (var reference in method.DeclaringSyntaxReferences.Where(r => compilation.ContainsSyntaxTree(r.SyntaxTree)))
            {
                var body = compilation.GetSemanticModel(reference.SyntaxTree).GetOperation(reference.GetSyntax(ct), ct);
                foreach (var operation in body?.Descendants() ?? [])
                {
                    if (IsSensitive(operation, marked) && Sink(operation, MaxHelpers, ct) is { } sink)
                    {
                        report(Diagnostic.Create(Descriptors.SensitiveShown, operation.Syntax.GetLocation(), operation.Syntax.ToString(), sink));
                    }
                }
            }
        }
    }

    /// <summary>The parameters that are sensitive as a whole; what only holds something sensitive may show the rest.</summary>
    private HashSet<ISymbol> Marked(IMethodSymbol method, ActionModel action)
    {
        var marked = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        for (var i = 0; i < method.Parameters.Length && i < action.Method.Parameters.Count; i++)
        {
            var bound = action.Method.Parameters[i];
            var isMarked = bound.Source == ParameterSource.Input
                ? SensitiveTypes.Mark(method.Parameters[i].GetAttributes()) is not null
                : bound.Actions.Any(source => model.Actions[source].IsMarked) || (bound.Source == ParameterSource.Item && action.ForEach is { } each && model.Actions[each.Source].IsMarked);
            if (isMarked)
            {
                marked.Add(method.Parameters[i]);
            }
        }

        return marked;
    }

    private static bool IsSensitive(IOperation operation, HashSet<ISymbol> marked)
    {
        switch (operation)
        {
            case IParameterReferenceOperation parameter:
                return marked.Contains(parameter.Parameter) || IsMarkedType(parameter.Type) || IsPrinted(parameter);
            case ILocalReferenceOperation local:
                return marked.Contains(local.Local) || IsMarkedType(local.Type) || IsPrinted(local);
            case IPropertyReferenceOperation property:
                return SensitiveTypes.IsMarked(property.Property) || IsMarkedType(property.Type) || IsPrinted(property);
            case IVariableDeclaratorOperation { Symbol: var symbol } declarator when declarator.GetVariableInitializer()?.Value is { } value && Carries(value, marked):
                marked.Add(symbol);
                return false;
            case IAssignmentOperation { Target: ILocalReferenceOperation { Local: var target } } assignment
                when Carries(assignment.Value, marked):
                marked.Add(target);
                return false;
            case IInvocationOperation { TargetMethod.Name: "Append" or "AppendLine" or "AppendFormat" or "AppendJoin" or "Insert" } call
                when BuilderOf(call) is { } builder && call.Arguments.Any(argument => Carries(argument.Value, marked)):
                marked.Add(builder);
                return false;
            default:
                return false;
        }
    }

    /// <summary>The variable that holds the builder which a call adds to, be it at the end of a chain of calls.</summary>
    private static ILocalSymbol? BuilderOf(IInvocationOperation call)
    {
        IOperation? builder = call;
        while (builder is IInvocationOperation { Instance: var before })
        {
            builder = before;
        }

        return builder is ILocalReferenceOperation { Local: var local } && IsBuilder(local.Type) ? local : null;
    }

    private static bool IsBuilder(ITypeSymbol? type) => type is not null && KnownSymbols.Is(type, "StringBuilder", "System", "Text");

    /// <summary>Whether a record as a whole becomes text, which names every member of it: one that is marked, too.</summary>
    private static bool IsPrinted(IOperation value) =>
        value.Type is INamedTypeSymbol { IsRecord: true } record
        && value.Parent is not IPropertyReferenceOperation
        && record.GetMembers().OfType<IPropertySymbol>().Any(SensitiveTypes.IsMarked)
        && !record.GetMembers().OfType<IMethodSymbol>()
            .Any(static method => method is { IsImplicitlyDeclared: false, Name: "ToString" or "PrintMembers" })
        && Above(value).FirstOrDefault(static above => !IsWrapping(above)) switch
        {
            IInterpolationOperation or IInterpolatedStringAppendOperation => true,
            IBinaryOperation { Type.SpecialType: SpecialType.System_String } => true,
            IInvocationOperation { TargetMethod: var shown } =>
                shown.Name == "ToString" || NameOfSink(shown) is "the console" or "a trace" or "a text writer" or "a log",
            _ => false,
        };

    private static bool IsWrapping(IOperation operation) =>
        operation is IConversionOperation or IArgumentOperation or IParenthesizedOperation
            or IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation;

    private static bool IsMarkedType(ITypeSymbol? type) => SensitiveTypes.IsMarked(type is IArrayTypeSymbol array ? array.ElementType : type);

    /// <summary>Whether the value itself, or text made of it, is sensitive.</summary>
    private static bool Carries(IOperation value, HashSet<ISymbol> marked) =>
        value.DescendantsAndSelf().Any(part => IsSensitive(part, marked) && (part == value || Above(part).TakeWhile(above => above != value.Parent).All(IsTransparent)));

    private static IEnumerable<IOperation> Above(IOperation operation) => operation.Ancestors();

    /// <summary>Where it ends up; null if nothing shows it.</summary>
    private string? Sink(IOperation operation, int depth, CancellationToken ct)
    {
        var below = operation;
        foreach (var above in Above(operation))
        {
            switch (above)
            {
                case IInvocationOperation call when NameOfSink(call.TargetMethod) is { } name:
                    return name;
                case IInvocationOperation { TargetMethod: var helper }
                    when below is IArgumentOperation { Parameter: { } parameter } && SinkOf(helper, parameter, depth, ct) is { } behind:
                    return behind;
                case IInvocationOperation { TargetMethod: var extension, Instance: var receiver }
                    when below == receiver && ExtensionBlocks.Extends(extension)
                        && ExtensionBlocks.ReceiverOf(extension, compilation, ct) is { } extended
                        && SinkOf(extension, extended, depth, ct) is { } within:
                    return within;
                case IObjectCreationOperation { Type: { Name: "ActivityEvent" } type }
                    when type.ContainingNamespace.ToDisplayString() == "System.Diagnostics":
                    return "a trace";
                case IObjectCreationOperation { Type: { } type } when IsException(type):
                    return "the message of an exception";
                case IObjectCreationOperation { Type: { Name: "AIFunctionArguments" or "FunctionCallContent" } type } when type.ContainingNamespace.ToDisplayString() == "Microsoft.Extensions.AI":
                    return "a tool's arguments";
                case { } when !IsTransparent(above):
                    return null;
            }

            below = above;
        }

        return null;
    }

    /// <summary>Where a method of the compilation shows what it is given; null if it does not.</summary>
    private string? SinkOf(IMethodSymbol method, IParameterSymbol parameter, int depth, CancellationToken ct)
    {
        (method, parameter) = (method.OriginalDefinition, parameter.OriginalDefinition);
        if (depth == 0 || ActionBodies.IsAction(method))
        {
            return null;
        }

        if (_known.TryGetValue((method, parameter, depth), out var known))
        {
            return known;
        }

        // A method that calls itself shows nothing by that.
        _known[(method, parameter, depth)] = null;
        foreach (var reference in method.DeclaringSyntaxReferences.Where(r => compilation.ContainsSyntaxTree(r.SyntaxTree)))
        {
            var marked = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { parameter };
            var body = compilation.GetSemanticModel(reference.SyntaxTree).GetOperation(reference.GetSyntax(ct), ct);
            foreach (var operation in body?.Descendants() ?? [])
            {
                if (IsSensitive(operation, marked) && IsOf(operation, marked) && Sink(operation, depth - 1, ct) is { } sink)
                {
                    return _known[(method, parameter, depth)] = sink;
                }
            }
        }

        return null;
    }

    private static bool IsOf(IOperation operation, HashSet<ISymbol> marked) => operation switch
    {
        IParameterReferenceOperation parameter => marked.Contains(parameter.Parameter),
        ILocalReferenceOperation local => marked.Contains(local.Local),
        _ => false,
    };

    /// <summary>What passes a value on as it is, or as text.</summary>
    private static bool IsTransparent(IOperation operation) => operation switch
    {
        IConversionOperation or IArgumentOperation or IInterpolationOperation or IInterpolatedStringOperation or IParenthesizedOperation or ICoalesceOperation or ITupleOperation
            or IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation or IConditionalOperation or IAnonymousObjectCreationOperation
            or IInterpolatedStringAppendOperation or IInterpolatedStringHandlerCreationOperation or IBlockOperation { IsImplicit: true } => true,
        ISimpleAssignmentOperation { Parent: IAnonymousObjectCreationOperation } => true,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } => true,
        IPropertyReferenceOperation { Property.Name: "Length" or "Count" } => false,
        IPropertyReferenceOperation { Property.Type.SpecialType: not SpecialType.System_Boolean } => true,
        IInvocationOperation { TargetMethod: { ContainingType.SpecialType: SpecialType.System_String, ReturnType.SpecialType: SpecialType.System_String } } => true,
        IInvocationOperation { TargetMethod.Name: "ToString" } => true,
        IObjectCreationOperation { Type: { } type } => IsBuilder(type) || KnownSymbols.Is(type, "KeyValuePair", "System", "Collections", "Generic"),
        _ => false,
    };

    private static string? NameOfSink(IMethodSymbol method)
    {
        var type = method.ContainingType;
        return type.ContainingNamespace.ToDisplayString() switch
        {
            "System" when type.Name == "Console" => "the console",
            "System.Diagnostics" when type.Name is "Trace" or "Debug" or "Activity" or "ActivityTagsCollection" or "TagList" => "a trace",
            "System.Diagnostics.Metrics" => "a metric",
            "System.IO" when type.Name == "TextWriter" => "a text writer",
            "AgentFlow" when type.Name == "ActionContext" && method.Name.StartsWith("Emit", StringComparison.Ordinal) => "an event",
            "Microsoft.Extensions.AI" when type.Name is "AIFunction" or "AIFunctionArguments" => "a tool's arguments",
            { } space when space == "Microsoft.Extensions.Logging" || space.StartsWith("Microsoft.Extensions.Logging.", StringComparison.Ordinal) => "a log",
            _ => method.GetAttributes().Any(static a => a.AttributeClass?.Name == "LoggerMessageAttribute") ? "a log" : null,
        };
    }

    private static bool IsException(ITypeSymbol type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (KnownSymbols.IsException(level))
            {
                return true;
            }
        }

        return false;
    }
}
