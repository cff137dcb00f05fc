using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Editing;

namespace AgentFlow.CodeFixes;

/// <summary>One way to mend a diagnostic.</summary>
/// <param name="Title">What the editor offers.</param>
/// <param name="Key">Mends of several diagnostics with the same key are the same choice: fix-all makes them together.</param>
/// <param name="Tree">The file that it changes.</param>
/// <param name="Edit">Makes the change; others may be made to the same file.</param>
internal sealed record Mend(string Title, string Key, SyntaxTree Tree, Action<SyntaxEditor> Edit);
