namespace System.Diagnostics.CodeAnalysis;

/// <summary>Lets a netstandard2.0 assembly declare records with required members: their copy constructors carry it.</summary>
[System.AttributeUsage(System.AttributeTargets.Constructor)]
internal sealed class SetsRequiredMembersAttribute : System.Attribute;
