using System.Collections.Generic;
using System.Linq;
using AgentFlow.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Finds the method that ends a loop; a class's own comes before its bases'.</summary>
internal static class UntilMethods
{
    public static List<IMethodSymbol> Find(AgentScope scope, SignatureRules signatures)
    {
        foreach (var type in ActionCollector.Lineage(scope.Agent).Reverse())
        {
            var methods = ActionCollector.InSourceOrder(type)
                .Where(method => AttributeSet.Of(method).Has(KnownSymbols.Until) && scope.Compilation.IsSymbolAccessibleWithin(method, scope.Agent))
                .ToList();
            if (methods.Count == 0)
            {
                continue;
            }

            foreach (var extra in methods.Skip(1))
            {
                scope.Report.Report(Descriptors.SeveralUntils, Place.Of(extra), extra.Name, scope.Agent.Name);
            }

            var until = methods[0];
            signatures.Check(until);
            if (!NamedMethods.IsBoolean(until))
            {
                scope.Report.Report(Descriptors.PredicateDoesNotFit, Place.Of(until), until.Name, "Until", "return bool");
            }

            return methods;
        }

        return [];
    }
}
