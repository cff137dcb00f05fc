using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Parsing;

/// <summary>Takes what the parser finds. The analyzers have one; the generator has none, and pays for no location and no message.</summary>
internal interface IDiagnosticSink
{
    void Report(Diagnostic diagnostic);
}
