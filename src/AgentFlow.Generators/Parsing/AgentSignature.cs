using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>What an agent takes and gives, as symbols.</summary>
/// <param name="Inputs">The first parameter that takes each input, in the order of <c>RunAsync</c>.</param>
/// <param name="Result">The type of the result, or null.</param>
/// <param name="IsResultSensitive">Whether the result is marked.</param>
internal sealed record AgentSignature(IReadOnlyList<IParameterSymbol> Inputs, ITypeSymbol? Result, bool IsResultSensitive);
