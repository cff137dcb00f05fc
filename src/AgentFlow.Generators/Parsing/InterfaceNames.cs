using System.Collections.Generic;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>What follows for an agent whose types are too long to be spelled in the name of a member.</summary>
internal static class InterfaceNames
{
    public static void Check(INamedTypeSymbol agent, AgentModel model, List<string> taken, Reporter report)
    {
        if (!new AgentNames(model).IsLong)
        {
            return;
        }

        taken.AddRange(AgentShape.CheckMembers(agent, AgentShape.GeneratedIfLong, report));
        if (model.Inputs.Count == 1 && model.Result < 0)
        {
            // The overload of RunAsync with options would differ from the interface's by what it returns alone.
            report.Report(Descriptors.OptionOutOfRange, Place.Of(agent), $"The type of the input '{model.Inputs[0].Name}'", "its name is longer than metadata allows; declare a type that has a shorter one");
        }
    }
}
