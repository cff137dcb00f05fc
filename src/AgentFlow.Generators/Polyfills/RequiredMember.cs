namespace System.Runtime.CompilerServices;

/// <summary>Lets a netstandard2.0 assembly declare required members.</summary>
[System.AttributeUsage(System.AttributeTargets.Class | System.AttributeTargets.Struct | System.AttributeTargets.Field | System.AttributeTargets.Property, Inherited = false)]
internal sealed class RequiredMemberAttribute : System.Attribute;

/// <summary>Lets a netstandard2.0 assembly declare required members.</summary>
[System.AttributeUsage(System.AttributeTargets.All, AllowMultiple = true, Inherited = false)]
internal sealed class CompilerFeatureRequiredAttribute(string featureName) : System.Attribute
{
    public string FeatureName { get; } = featureName;
}
