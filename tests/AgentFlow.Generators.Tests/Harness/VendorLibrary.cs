using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Harness;

/// <summary>A library that a user's project knows by an extern alias alone: <c>extern alias vendor;</c>.</summary>
internal static class VendorLibrary
{
    public static MetadataReference Reference { get; } = CSharpCompilation.Create(
        "Vendor",
        [
            CSharpSyntaxTree.ParseText("""
                namespace Vendor;
                public sealed class Note { public string Text { get; set; } = ""; public sealed class Of<T> { public T Value { get; set; } = default!; } }
                public sealed class MarkAttribute : System.Attribute;
                public sealed class VendorException : System.Exception;
                public enum Shade { Dark, Light }
                public abstract class Host { protected int Given => 7; }
                """),
        ],
        Compilations.References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)).ToMetadataReference(["vendor"]);
}
