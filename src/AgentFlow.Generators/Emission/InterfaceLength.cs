using System.Linq;
using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Emission;

/// <summary>
/// How long the names are that the compiler makes for explicit implementations: they spell all type arguments of the interface, and metadata ends at
/// 1,023 characters.
/// </summary>
internal static class InterfaceLength
{
    /// <summary>What is left of 1,023 after the names of the interface and its member.</summary>
    private const int Longest = 900;

    /// <summary>What a keyword or a tuple's parenthesis grows by: <c>(int, …)</c> is <c>System.ValueTuple&lt;System.Int32, …&gt;</c>.</summary>
    private const int Growth = 18;

    public static bool IsLong(AgentModel agent, AgentNames names) =>
        Length(agent.QualifiedName) + agent.Inputs.Sum(static input => Length(input.Type.Name) + 1) + (agent.Inputs.Count * 3) + Length(names.ResultArgument) > Longest;

    private static int Length(string type)
    {
        var length = type.Length;
        var isQualified = false;
        for (var i = 0; i <= type.Length; i++)
        {
            if (i < type.Length && (char.IsLetterOrDigit(type[i]) || type[i] is '_' or '.' or ':' or '@'))
            {
                isQualified |= type[i] == ':';
                continue;
            }

            length += isQualified || i == 0 ? 0 : Growth;
            length += i < type.Length && type[i] == '(' ? Growth : 0;
            isQualified = false;
        }

        return length;
    }
}
