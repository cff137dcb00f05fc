using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using AgentFlow.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace AgentFlow.Generators.Analyzers;

/// <summary>
/// What an expression may stand for: through conversions, <c>?.</c>, choices, variables, the elements of collections, the spans over them
/// and the parts of tuples.
/// </summary>
internal static class StandsFor
{
    /// <summary>How many expressions are followed from one: code that people write has a few.</summary>
    private const int MaxFollowed = 100;

    /// <summary>The variables of each body that are given one value only, with it.</summary>
    private static readonly ConditionalWeakTable<IOperation, Dictionary<ILocalSymbol, IOperation?>> s_values = new();

    /// <summary>The expressions that the value may come from; those that lead no further among them.</summary>
    public static IReadOnlyCollection<IOperation> Of(IOperation? expression)
    {
        if (expression is null)
        {
            return [];
        }

        var ends = new List<IOperation>();

        // Code that does not compile may define a variable by itself, and many ways may lead to one value: each is gone once.
        var known = new HashSet<IOperation>();
        var next = new Stack<IOperation>();
        next.Push(expression);
        while (next.Count > 0 && known.Count < MaxFollowed)
        {
            var current = next.Pop();
            if (!known.Add(current))
            {
                continue;
            }

            if (Sources(current) is not { } sources)
            {
                ends.Add(current);
                continue;
            }

            foreach (var source in sources)
            {
                if (source is not null)
                {
                    next.Push(source);
                }
            }
        }

        return ends;
    }

    /// <summary>What an expression takes its value from; null if it leads no further.</summary>
    private static IOperation?[]? Sources(IOperation expression) => expression switch
    {
        IConversionOperation conversion => [conversion.Operand],
        IConditionalAccessInstanceOperation instance => [Accessed(instance)],
        IInstanceReferenceOperation
        {
            ReferenceKind: InstanceReferenceKind.PatternInput,
            Parent.Parent.Parent: IRecursivePatternOperation pattern,
        } => [Matched(pattern)],
        IConditionalOperation choice => [choice.WhenTrue, choice.WhenFalse],
        ICoalesceOperation choice => [choice.Value, choice.WhenNull],
        ISwitchExpressionOperation choice => [.. choice.Arms.Select(static arm => arm.Value)],
        ILocalReferenceOperation { Local: { RefKind: RefKind.None } local } mention => [ValueOf(local, mention)],
        IArrayElementReferenceOperation element => IsSlice(element) ? null : [element.ArrayReference],
        IFieldReferenceOperation { Field.ContainingType.IsTupleType: true } part => PartOf(part),
        IPropertyReferenceOperation { Property.ContainingType.IsAnonymousType: true } part => PartOf(part),
        IPropertyReferenceOperation { Property: var property, Instance: { } instance } when LeadsIn(property, instance) => [instance],
        IInvocationOperation { TargetMethod: { Name: "AsSpan" or "AsMemory", IsStatic: true }, Arguments: { IsEmpty: false } over } => [over[0].Value],
        IInvocationOperation { TargetMethod: { IsStatic: true } method, Arguments: { IsEmpty: false } over } when Picks(method) => [over[0].Value],
        IInvocationOperation { TargetMethod.Name: "Find" or "FindLast", Instance: { } list } when IsList(list.Type) => [list],
        _ => null,
    };

    /// <summary>Whether it is a part of an array, which is a copy: <c>_ranks[1..]</c>.</summary>
    private static bool IsSlice(IArrayElementReferenceOperation element) =>
        element.Indices.Length == 1 && element.Indices[0].Type is { } index && KnownSymbols.Is(index, "Range", "System");

    /// <summary>What was put into a tuple: <c>_seen</c> for <c>pair.Item1</c> of <c>var pair = (_seen, 1)</c>.</summary>
    private static IOperation?[]? PartOf(IFieldReferenceOperation part) =>
        part.Instance is { } whole && Made(whole) is ITupleOperation tuple
        && (part.Field.CorrespondingTupleField ?? part.Field).Name is { Length: > 4 } name
        && int.TryParse(name.Substring(4), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        && n >= 1
        && n <= tuple.Elements.Length
            ? [tuple.Elements[n - 1]]
            : null;

    /// <summary>What was put into an anonymous object: <c>_seen</c> for <c>both.Seen</c> of <c>var both = new { Seen = _seen }</c>.</summary>
    private static IOperation?[]? PartOf(IPropertyReferenceOperation part) =>
        part.Instance is { } whole && Made(whole) is IAnonymousObjectCreationOperation made
            ?
            [
                .. made.Initializers.OfType<ISimpleAssignmentOperation>()
                    .Where(given => IsTo(given.Target, part.Property))
                    .Select(static given => given.Value),
            ]
            : null;

    private static bool IsTo(IOperation target, IPropertySymbol property) =>
        target is IPropertyReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Property, property);

    /// <summary>What makes a value that variables hold.</summary>
    private static IOperation? Made(IOperation value)
    {
        for (var followed = 0; followed < MaxFollowed; followed++)
        {
            switch (value)
            {
                case IConversionOperation conversion:
                    value = conversion.Operand;
                    break;
                case ILocalReferenceOperation { Local: { RefKind: RefKind.None } local } mention when ValueOf(local, mention) is { } given:
                    value = given;
                    break;
                default:
                    return value;
            }
        }

        return null;
    }

    private static bool IsList(ITypeSymbol? type) => type is not null && KnownSymbols.Is(type, "List", "System", "Collections", "Generic");

    /// <summary>Whether a method of LINQ gives an element of what it is given.</summary>
    private static bool Picks(IMethodSymbol method) =>
        method.Name is "First" or "FirstOrDefault" or "Last" or "LastOrDefault" or "Single" or "SingleOrDefault" or "ElementAt" or "ElementAtOrDefault"
        && KnownSymbols.Is(method.ContainingType, "Enumerable", "System", "Linq");

    /// <summary>Whether a property gives what a collection, a pair of a dictionary or a <c>Lazy</c> holds: an element of it, or its values.</summary>
    private static bool LeadsIn(IPropertySymbol property, IOperation instance) =>
        (property.IsIndexer || property.Name is "Values" or "Span" || (property.Name == "Value" && property.ContainingType.Name is "Lazy" or "KeyValuePair"))
        && instance is not IInstanceReferenceOperation;

    private static IOperation? Accessed(IConditionalAccessInstanceOperation instance) =>
        instance.Ancestors()
            .OfType<IConditionalAccessOperation>()
            .FirstOrDefault(access => !access.Operation.Descendants().Contains(instance))?.Operation;

    /// <summary>The value that a variable begins with; nothing if it is ever given another.</summary>
    private static IOperation? ValueOf(ILocalSymbol local, IOperation mention) =>
        s_values.GetValue(mention.Ancestors().Last(), static body => ValuesIn(body)).TryGetValue(local, out var value) ? value : null;

    private static Dictionary<ILocalSymbol, IOperation?> ValuesIn(IOperation body)
    {
        var values = new Dictionary<ILocalSymbol, IOperation?>(SymbolEqualityComparer.Default);
        var changed = new HashSet<ILocalSymbol>(SymbolEqualityComparer.Default);
        foreach (var operation in body.Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Symbol: var local } declarator when declarator.GetVariableInitializer() is { } initializer:
                    values[local] = initializer.Value;
                    break;
                case IForEachLoopOperation loop:
                    foreach (var local in loop.Locals)
                    {
                        values[local] = loop.Collection;
                    }

                    break;
                case IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol local } pattern:
                    values[local] = Matched(pattern);
                    break;
                case IRecursivePatternOperation { DeclaredSymbol: ILocalSymbol local } pattern:
                    values[local] = Matched(pattern);
                    break;
                case IArgumentOperation { Value: IDeclarationExpressionOperation { Expression: ILocalReferenceOperation { Local: var local } } } argument:
                    values[local] = Found(argument);
                    break;
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out, Value: ILocalReferenceOperation { Local: var local } }:
                    changed.Add(local);
                    break;
                case IDeconstructionAssignmentOperation deconstruction:
                    foreach (var mention in deconstruction.Target.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
                    {
                        if (!mention.IsDeclaration)
                        {
                            changed.Add(mention.Local);
                        }
                        else if (Part(deconstruction, mention.Local) is { } part)
                        {
                            values[mention.Local] = part;
                        }
                    }

                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } }:
                    changed.Add(local);
                    break;
                default:
                    break;
            }
        }

        foreach (var local in changed)
        {
            values.Remove(local);
        }

        return values;
    }

    /// <summary>The collection that an argument takes an element out of: <c>_map.TryGetValue(key, out var found)</c>.</summary>
    private static IOperation? Found(IArgumentOperation argument) =>
        argument.Parent is IInvocationOperation { TargetMethod.Name: "TryGetValue" or "TryPeek" } call ? call.Instance : null;

    /// <summary>What a pattern is matched with, which may be a member of what the pattern around it is matched with; null if unknown.</summary>
    private static IOperation? Matched(IOperation pattern)
    {
        while (pattern.Parent is INegatedPatternOperation or IBinaryPatternOperation)
        {
            pattern = pattern.Parent;
        }

        return pattern.Parent switch
        {
            IIsPatternOperation test => test.Value,
            IPropertySubpatternOperation part => part.Member,
            ISwitchExpressionArmOperation { Parent: ISwitchExpressionOperation choice } => choice.Value,
            IPatternCaseClauseOperation { Parent.Parent: ISwitchOperation choice } => choice.Value,
            _ => null,
        };
    }

    /// <summary>The part of a tuple that declares a variable: the second of <c>var (a, b) = (_x, _y)</c> for b.</summary>
    public static IOperation? Part(IDeconstructionAssignmentOperation deconstruction, ILocalSymbol local)
    {
        var whole = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        var values = deconstruction.Value;
        while (values is IConversionOperation conversion)
        {
            values = conversion.Operand;
        }

        if (whole is not ITupleOperation { Elements: var left } || values is not ITupleOperation { Elements: var right } || left.Length != right.Length)
        {
            return null;
        }

        for (var i = 0; i < left.Length; i++)
        {
            var target = left[i] is IDeclarationExpressionOperation { Expression: var declared } ? declared : left[i];
            if (target is ILocalReferenceOperation { IsDeclaration: true } mention && SymbolEqualityComparer.Default.Equals(mention.Local, local))
            {
                return right[i];
            }
        }

        return null;
    }
}
