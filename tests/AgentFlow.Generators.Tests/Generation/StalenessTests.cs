using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>An edit in another file that changes what an agent means is seen, however far away it is.</summary>
public sealed class StalenessTests
{
    private const string Agent = """
        using AgentFlow;
        namespace Demo;
        [Agent] public partial class A
        {
            [Action] private Article Fetch([Input] string topic) => null!;
            [Action] private int Count(Article article) => 1;
        }
        """;

    /// <summary>Name; files before, files after; both are lists of the texts, null is a file that is not there.</summary>
    public static TheoryData<string, string?[], string?[]> Edits { get; } = new()
    {
        {
            "a recorded type's member has another member",
            [Agent, "namespace Demo; public sealed record Article(Text Text);", "namespace Demo; public sealed record Text(string Value);"],
            [Agent, "namespace Demo; public sealed record Article(Text Text);", "namespace Demo; public sealed record Text(string Value, int Length);"]
        },
        {
            "a recorded property becomes computed",
            [Agent, "namespace Demo; public sealed record Article(Text Text);", "namespace Demo; public sealed class Text { public int A { get; set; } public int B { get; } = 1; }"],
            [Agent, "namespace Demo; public sealed record Article(Text Text);", "namespace Demo; public sealed class Text { public int A { get; set; } public int B => 1; }"]
        },
        {
            "a getter gets a body",
            [Agent, "namespace Demo; public sealed class Article { public int A { get; set; } public int B { get; } }"],
            [Agent, "namespace Demo; public sealed class Article { public int A { get; set; } public int B { get { return 1; } } }"]
        },
        {
            "a body uses the field",
            [Agent, "namespace Demo; public sealed class Article { public int A { get; set; } public int B { get => 1; } }"],
            [Agent, "namespace Demo; public sealed class Article { public int A { get; set; } public int B { get => field; } }"]
        },
        {
            "a recorded member is ignored",
            [Agent, "namespace Demo; public sealed class Article { public int A { get; set; } public int B { get; set; } }"],
            [Agent, "namespace Demo; public sealed class Article { public int A { get; set; } [System.Text.Json.Serialization.JsonIgnore] public int B { get; set; } }"]
        },
        {
            "an element of an enumeration, two types away, is another",
            [Agent, "using System.Collections.Generic; namespace Demo; public sealed record Article(List<Dictionary<int, Kind>> Kinds);", "namespace Demo; public enum Kind { A }"],
            [Agent, "using System.Collections.Generic; namespace Demo; public sealed record Article(List<Dictionary<int, Kind>> Kinds);", "namespace Demo; public readonly record struct Kind(int A);"]
        },
        {
            "a listed type changes",
            [Agent, "using System.Text.Json.Serialization; namespace Demo; [JsonDerivedType(typeof(Short), \"s\")] public abstract record Article;", "namespace Demo; public sealed record Short(int A) : Article;"],
            [Agent, "using System.Text.Json.Serialization; namespace Demo; [JsonDerivedType(typeof(Short), \"s\")] public abstract record Article;", "namespace Demo; public sealed record Short(long A) : Article;"]
        },
        {
            "a context declares another type",
            [Agent.Replace("[Agent]", "[Agent(JsonContext = typeof(Context))]", System.StringComparison.Ordinal), "namespace Demo; public sealed record Article(int A);", "using System.Text.Json.Serialization; namespace Demo; [JsonSerializable(typeof(int))] public abstract class Context(System.Text.Json.JsonSerializerOptions o) : JsonSerializerContext(o);"],
            [Agent.Replace("[Agent]", "[Agent(JsonContext = typeof(Context))]", System.StringComparison.Ordinal), "namespace Demo; public sealed record Article(int A);", "using System.Text.Json.Serialization; namespace Demo; [JsonSerializable(typeof(int)), JsonSerializable(typeof(Article))] public abstract class Context(System.Text.Json.JsonSerializerOptions o) : JsonSerializerContext(o);"]
        },
        {
            "a converter loses its constructor",
            [Agent, "using System.Text.Json.Serialization; namespace Demo; [JsonConverter(typeof(Odd))] public sealed class Article;", "namespace Demo; public abstract class Base<T> : System.Text.Json.Serialization.JsonConverter<T>; public class Odd : Base<Article>;"],
            [Agent, "using System.Text.Json.Serialization; namespace Demo; [JsonConverter(typeof(Odd))] public sealed class Article;", "namespace Demo; public abstract class Base<T> : System.Text.Json.Serialization.JsonConverter<T>; public class Odd(int a) : Base<Article>;"]
        },
        { "a class becomes a struct", [Agent, "namespace Demo; public class Article;"], [Agent, "namespace Demo; public struct Article;"] },
        { "a type goes", [Agent, "namespace Demo; public class Article;"], [Agent, null] },
        { "a type comes", [Agent, null], [Agent, "namespace Demo; public class Article;"] },
        { "a type is renamed", [Agent, "namespace Demo; public class Article;"], [Agent, "namespace Demo; public class Paper;"] },
        { "a type moves into another namespace", [Agent, "namespace Demo; public class Article;"], [Agent, "namespace Other; public class Article;"] },
        { "a type is narrowed", [Agent, "namespace Demo; public class Article;"], [Agent, "namespace Demo; internal class Article;"] },
        { "a type becomes generic", [Agent, "namespace Demo; public class Article;"], [Agent, "namespace Demo; public class Article<T>;"] },
        { "a second type of the name", [Agent, "namespace Demo; public class Article;", null], [Agent, "namespace Demo; public class Article;", "namespace Demo; public struct Article;"] },
        {
            "a type loses its interface",
            [Body("[Action] Article Fetch() => null!; [Action] int Count(IText text) => 1;"), "namespace Demo; public interface IText; public class Article : IText;"],
            [Body("[Action] Article Fetch() => null!; [Action] int Count(IText text) => 1;"), "namespace Demo; public interface IText; public class Article;"]
        },
        {
            "an interface gains a base",
            [Body("[Action] IArticle Fetch() => null!; [Action] int Count(IText text) => 1;"), "namespace Demo; public interface IText;", "namespace Demo; public interface IArticle;"],
            [Body("[Action] IArticle Fetch() => null!; [Action] int Count(IText text) => 1;"), "namespace Demo; public interface IText;", "namespace Demo; public interface IArticle : IText;"]
        },
        {
            "a base of a base changes",
            [Body("[Action] Article Fetch() => null!; [Action] int Count(IText text) => 1;"), "namespace Demo; public class Article : Middle;", "namespace Demo; public class Middle : Root;", "namespace Demo; public interface IText; public class Root;"],
            [Body("[Action] Article Fetch() => null!; [Action] int Count(IText text) => 1;"), "namespace Demo; public class Article : Middle;", "namespace Demo; public class Middle : Root;", "namespace Demo; public interface IText; public class Root : IText;"]
        },
        {
            "a chain of constants",
            [Body("[Action, Timeout(First.Time)] int Fetch(System.Threading.CancellationToken ct) => 1;"), "namespace Demo; static class First { public const string Time = Second.Time; }", "namespace Demo; static class Second { public const string Time = Far.Third.Time; }", "namespace Demo.Far; static class Third { public const string Time = \"00:00:01\"; }"],
            [Body("[Action, Timeout(First.Time)] int Fetch(System.Threading.CancellationToken ct) => 1;"), "namespace Demo; static class First { public const string Time = Second.Time; }", "namespace Demo; static class Second { public const string Time = Far.Third.Time; }", "namespace Demo.Far; static class Third { public const string Time = \"00:00:02\"; }"]
        },
        {
            "a constant by using static",
            ["using static Demo.First; " + Body("[Action, Timeout(Time)] int Fetch(System.Threading.CancellationToken ct) => 1;"), "namespace Demo; static class First { public const string Time = \"00:00:01\"; }"],
            ["using static Demo.First; " + Body("[Action, Timeout(Time)] int Fetch(System.Threading.CancellationToken ct) => 1;"), "namespace Demo; static class First { public const string Time = \"00:00:02\"; }"]
        },
        {
            "a constant by global using static",
            [Body("[Action, Timeout(Time)] int Fetch(System.Threading.CancellationToken ct) => 1;"), "global using static Demo.First;", "namespace Demo; static class First { public const string Time = \"00:00:01\"; }"],
            [Body("[Action, Timeout(Time)] int Fetch(System.Threading.CancellationToken ct) => 1;"), "global using static Demo.First;", "namespace Demo; static class First { public const string Time = \"00:00:02\"; }"]
        },
        {
            "an inherited constant",
            [Body("[Action, Timeout(Time)] int Fetch(System.Threading.CancellationToken ct) => 1;", "Root"), "namespace Demo; public class Root : Hidden;", "namespace Demo; public class Hidden { protected const string Time = \"00:00:01\"; }"],
            [Body("[Action, Timeout(Time)] int Fetch(System.Threading.CancellationToken ct) => 1;", "Root"), "namespace Demo; public class Root : Hidden;", "namespace Demo; public class Hidden { protected const string Time = \"00:00:02\"; }"]
        },
        {
            "the value of an enumeration's member",
            [Body("[Action] int Fetch([Input] Level level = Level.High) => 1;"), "namespace Demo; public enum Level { Low, High }"],
            [Body("[Action] int Fetch([Input] Level level = Level.High) => 1;"), "namespace Demo; public enum Level { Low, Middle, High }"]
        },
        {
            "the written value of an enumeration's member",
            [Body("[Action] int Fetch([Input] Level level = Level.High) => 1;"), "namespace Demo; public enum Level { High = 1 }"],
            [Body("[Action] int Fetch([Input] Level level = Level.High) => 1;"), "namespace Demo; public enum Level { High = 2 }"]
        },
        {
            "a default value",
            [Body("[Action] int Fetch([Input] int level = First.Level) => 1;"), "namespace Demo; static class First { public const int Level = 1; }"],
            [Body("[Action] int Fetch([Input] int level = First.Level) => 1;"), "namespace Demo; static class First { public const int Level = 2; }"]
        },
        {
            "a conversion comes",
            [Body("[Action] Article Fetch() => null!; [Action] int Count([From(nameof(Fetch))] Paper paper) => 1;"), "namespace Demo; public class Article; public class Paper;"],
            [Body("[Action] Article Fetch() => null!; [Action] int Count([From(nameof(Fetch))] Paper paper) => 1;"), "namespace Demo; public class Article { public static implicit operator Paper(Article article) => null!; } public class Paper;"]
        },
        {
            "a nearer namespace gets the type",
            ["using Far; " + Agent, "namespace Far; public class Article;", "namespace Demo; public class Other;"],
            ["using Far; " + Agent, "namespace Far; public class Article;", "namespace Demo; public class Article;"]
        },
        {
            "the global namespace gets the type",
            ["using AgentFlow; namespace Demo { using Far; [Agent] public partial class A { [Action] Article Fetch() => null!; } }", "namespace Far; public class Paper;", null],
            ["using AgentFlow; namespace Demo { using Far; [Agent] public partial class A { [Action] Article Fetch() => null!; } }", "namespace Far; public class Paper;", "public class Article;"]
        },
        {
            "a namespace shadows another",
            [Body("[Action] Lib.Article Fetch() => null!;"), "namespace Lib; public class Article;", null],
            [Body("[Action] Lib.Article Fetch() => null!;"), "namespace Lib; public class Article;", "namespace Demo.Lib; public class Other;"]
        },
        {
            "a type shadows a namespace",
            [Body("[Action] Lib.Article Fetch() => null!;"), "namespace Lib; public class Article;", null],
            [Body("[Action] Lib.Article Fetch() => null!;"), "namespace Lib; public class Article;", "namespace Demo; public class Lib { public struct Article; }"]
        },
        {
            "a namespace comes that a using names",
            ["using Lib; " + Agent, "namespace Other; public class Article;"],
            ["using Lib; " + Agent, "namespace Lib; public class Article;"]
        },
        { "a global using comes", [Agent, "namespace Far; public class Article;", null], [Agent, "namespace Far; public class Article;", "global using Far;"] },
        { "a global using goes", [Agent, "namespace Far; public class Article;", "global using Far;"], [Agent, "namespace Far; public class Article;", ""] },
        { "a global alias comes", [Agent, "namespace Far; public class Paper;", null], [Agent, "namespace Far; public class Paper;", "global using Article = Far.Paper;"] },
        { "a global alias is aimed elsewhere", [Agent, "namespace Far; public class Paper; public struct Book;", "global using Article = Far.Paper;"], [Agent, "namespace Far; public class Paper; public struct Book;", "global using Article = Far.Book;"] },
        { "what a global alias stands for", [Agent, "namespace Far; public class Paper;", "global using Article = Far.Paper;"], [Agent, "namespace Far; public struct Paper;", "global using Article = Far.Paper;"] },
        { "what an alias stands for", ["using Article = Far.Paper; " + Agent, "namespace Far; public class Paper;"], ["using Article = Far.Paper; " + Agent, "namespace Far; public struct Paper;"] },
        { "an alias for the attribute comes", [Agent.Replace("[Agent]", "[Flow]"), "namespace Demo; public class Article;", null], [Agent.Replace("[Agent]", "[Flow]"), "namespace Demo; public class Article;", "global using Flow = AgentFlow.AgentAttribute;"] },
        { "an alias for the attribute goes", [Agent.Replace("[Agent]", "[Flow]"), "namespace Demo; public class Article;", "global using FlowAttribute = AgentFlow.AgentAttribute;"], [Agent.Replace("[Agent]", "[Flow]"), "namespace Demo; public class Article;", ""] },
        { "another attribute of the name", [Agent, "namespace Demo; public class Article;", null], [Agent, "namespace Demo; public class Article;", "namespace Demo; public sealed class AgentAttribute : System.Attribute;"] },
        { "another policy of the name", [Body("[Action, Retry(3)] int Fetch() => 1;"), null], [Body("[Action, Retry(3)] int Fetch() => 1;"), "namespace Demo; public sealed class RetryAttribute(int x) : System.Attribute;"] },
        { "the attribute moves to another part", [Agent.Replace("[Agent]", ""), "namespace Demo; public class Article;", "namespace Demo; partial class A;"], [Agent.Replace("[Agent]", ""), "namespace Demo; public class Article;", "namespace Demo; [AgentFlow.Agent] partial class A;"] },
        { "another part gains an action", [Agent, "namespace Demo; public class Article;", "namespace Demo; partial class A;"], [Agent, "namespace Demo; public class Article;", "namespace Demo; partial class A { [AgentFlow.Action] private static int Extra() => 1; }"] },
        { "another part gains a base", [Agent, "namespace Demo; public class Article; public class Root { [AgentFlow.Action] protected int Extra() => 1; }", "namespace Demo; partial class A;"], [Agent, "namespace Demo; public class Article; public class Root { [AgentFlow.Action] protected int Extra() => 1; }", "namespace Demo; partial class A : Root;"] },
        {
            "another part of the outer type hides a name",
            ["using AgentFlow; namespace Demo; public partial class Outer { [Agent] public partial class A { [Action] Article Fetch() => null!; } }", "namespace Demo; public class Article;", "namespace Demo; partial class Outer;"],
            ["using AgentFlow; namespace Demo; public partial class Outer { [Agent] public partial class A { [Action] Article Fetch() => null!; } }", "namespace Demo; public class Article;", "namespace Demo; partial class Outer { public struct Article; }"]
        },
        { "a base agent gains an action", [Body("[Action] int Fetch() => 1;", "Root"), "namespace Demo; [AgentFlow.Agent] public partial class Root;"], [Body("[Action] int Fetch() => 1;", "Root"), "namespace Demo; [AgentFlow.Agent] public partial class Root { [AgentFlow.Action] protected int Extra() => 1; }"] },
        { "a base is an agent no more", [Body("[Action] int Fetch() => 1;", "Root"), "namespace Demo; [AgentFlow.Agent] public partial class Root { [AgentFlow.Action] protected int Extra() => 1; }"], [Body("[Action] int Fetch() => 1;", "Root"), "namespace Demo; public partial class Root { [AgentFlow.Action] protected int Extra() => 1; }"] },
        { "nullability is switched off", [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Root { [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"], [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "#nullable disable\nnamespace Demo; public class Root { [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"] },
        { "nullability is switched off in the body of another class", [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Other { void M() { } } public class Root { [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"], [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Other { void M() {\n#nullable disable\n} } public class Root { [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"] },
        { "nullability is switched off in the body above", [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Root { void M() { } [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"], [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Root { void M() { \n#nullable disable\n} [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"] },
        { "nullability is switched off between members", [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Root { void M() { } [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"], [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Root { void M() { } \n#nullable disable\n[AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"] },
        { "an alias of the file comes", [Agent.Replace("[Agent]", "[Flow]"), "namespace Demo; public class Article;"], ["using Flow = AgentFlow.AgentAttribute; " + Agent.Replace("[Agent]", "[Flow]"), "namespace Demo; public class Article;"] },
        { "an alias of an alias comes", ["namespace Demo { [Flow] partial class A { [AgentFlow.Action] int One() => 1; } }"], ["using Way = AgentFlow.AgentAttribute; namespace Demo { using Flow = Way; [Flow] partial class A { [AgentFlow.Action] int One() => 1; } }"] },
        { "a file says that it is generated", [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "namespace Demo; public class Root { [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"], [Body("[Action] string? Make() => null; [Action] int Fetch(int extra) => 1;", "Root"), "// <auto-generated/>\nnamespace Demo; public class Root { [AgentFlow.Action] protected int Extra([AgentFlow.From(\"Make\")] string text) => 1; }"] },
        { "an inherited nested type", [Body("[Action] Inner Fetch() => null!;", "Root"), "namespace Demo; public class Root : Far.Hidden;", "namespace Demo.Far; public class Hidden { public class Inner; }"], [Body("[Action] Inner Fetch() => null!;", "Root"), "namespace Demo; public class Root : Far.Hidden;", "namespace Demo.Far; public class Hidden { public struct Inner; }"] },
        { "the host of a nested type is narrowed in another part", [Body("[Action] Outer.Inner Fetch() => null!;"), "namespace Demo; partial class Outer { public class Inner; }", "namespace Demo; public partial class Outer;"], [Body("[Action] Outer.Inner Fetch() => null!;"), "namespace Demo; partial class Outer { public class Inner; }", "namespace Demo; internal partial class Outer;"] },
        { "a type argument", [Body("[Action] System.Collections.Generic.List<Article> Fetch() => null!;"), "namespace Demo; public class Article;"], [Body("[Action] System.Collections.Generic.List<Article> Fetch() => null!;"), "namespace Demo; internal class Article;"] },
        { "a delegate", [Body("[Action] Article Fetch() => null!;"), "namespace Demo; public delegate void Article();"], [Body("[Action] Article Fetch() => null!;"), "namespace Demo; internal delegate void Article();"] },
        { "an exception that is retried", [Body("[Action, Retry(3, On = new[] { typeof(Oops) })] int Fetch() => 1;"), "namespace Demo; public class Oops : System.Exception;"], [Body("[Action, Retry(3, On = new[] { typeof(Oops) })] int Fetch() => 1;"), "namespace Demo; public class Oops;"] },
        { "a predicate that is inherited", [Body("[Action, When(nameof(Root.Ready))] int? Fetch() => 1;", "Root"), "namespace Demo; public class Root { protected internal bool Ready() => true; }"], [Body("[Action, When(nameof(Root.Ready))] int? Fetch() => 1;", "Root"), "namespace Demo; public class Root { protected internal int Ready() => 1; }"] },
        { "what is found without being named", [Body("[Action] int Fetch([Service(Key = \"x\")] System.IDisposable x) => 1;"), "namespace Microsoft.Extensions.DependencyInjection; public static class ServiceProviderKeyedServiceExtensions;"], [Body("[Action] int Fetch([Service(Key = \"x\")] System.IDisposable x) => 1;"), "namespace Microsoft.Extensions.DependencyInjection; public static class Other;"] },
        { "a type of the framework is declared again", ["using System.Threading.Tasks; " + Body("[Action] Task<int> Fetch() => null!;"), null], ["using System.Threading.Tasks; " + Body("[Action] Task<int> Fetch() => null!;"), "namespace Demo; public class Task<T>;"] },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void An_edit_elsewhere_that_matters_is_seen(string name, string?[] before, string?[] after)
    {
        foreach (var others in new[] { 0, EditedProject.Many })
        {
            var project = new EditedProject(others, Files(before));
            project.AssertFresh();
            var was = project.Output;
            project.Become(Files(after));
            project.AssertFresh();
            Assert.True(!was.SequenceEqual(project.Output), $"'{name}' changes nothing, so it proves nothing.");

            // And back.
            project.Become(Files(before));
            Assert.Equal(was, project.Output);
        }
    }

    [Fact]
    public void A_path_decides_the_order_of_parts()
    {
        const string One = "using AgentFlow; namespace Demo; [Agent] public partial class A { [Action] int One() => 1; [Action, Result] int Sum(int one, int two) => 1; }";
        const string Two = "using AgentFlow; namespace Demo; public partial class A { [Action] int Two() => 1; }";
        var project = new EditedProject(("/src/1.cs", One), ("/src/2.cs", Two));
        var was = project.Output;
        project.Become(("/src/1.cs", One), ("/src/0.cs", Two));
        project.AssertFresh();
        Assert.NotEqual(was, project.Output);
    }

    [Fact]
    public void Without_paths_the_order_of_files_decides_and_not_the_length_of_bodies()
    {
        const string One = "using AgentFlow; namespace Demo; [Agent] public partial class A { [Action] int One() => 1; [Action, Result] int Sum(int one, int two) => 1; }";
        const string Two = "using AgentFlow; namespace Demo; public partial class A { void M() { } [Action] int Two() => 1; }";
        var project = new EditedProject(("", One), ("", Two));
        project.AssertFresh();
        project.Become(("", One), ("", Two.Replace("{ }", "{" + new string(' ', 200) + "}", StringComparison.Ordinal)));
        project.AssertFresh();
        project.Become(("", Two), ("", One));
        project.AssertFresh();
    }

    [Fact]
    public void Options_are_not_missed()
    {
        // Where nullability is off, what may be null goes into what may not.
        var project = new EditedProject(Files([Body("[Action] string? Fetch() => null; [Action] int Count([From(nameof(Fetch))] string text) => 1;")]));
        var options = project.Compilation.Options;
        var was = project.Output;
        foreach (var off in new[]
        {
            options.WithNullableContextOptions(NullableContextOptions.Disable),
            options.WithSyntaxTreeOptionsProvider(new Generated(GeneratedKind.MarkedGenerated)),
        })
        {
            project.Become(project.Compilation.WithOptions(off));
            project.AssertFresh();
            Assert.NotEqual(was, project.Output);
            project.Become(project.Compilation.WithOptions(options));
            Assert.Equal(was, project.Output);
        }
    }

    [Fact]
    public void A_new_provider_of_options_is_asked_about_old_files()
    {
        var project = new EditedProject(Files([Body("[Action] string? Fetch() => null; [Action] int Count([From(nameof(Fetch))] string text) => 1;")]));
        foreach (var kind in new[] { GeneratedKind.NotGenerated, GeneratedKind.MarkedGenerated, GeneratedKind.NotGenerated })
        {
            project.Become(project.Compilation.WithOptions(project.Compilation.Options.WithSyntaxTreeOptionsProvider(new Generated(kind))));
            project.AssertFresh();
        }
    }

    [Fact]
    public void References_are_not_missed()
    {
        var project = new EditedProject(Files([Agent]));
        var none = project.Output;
        foreach (var type in new[] { "public class Article;", "public struct Article;", "internal class Article;", "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"Demo\")] namespace Demo { internal class Article; }" })
        {
            var library = CSharpCompilation.Create(
                "Library",
                [CSharpSyntaxTree.ParseText(type.StartsWith('[') ? type : "namespace Demo; " + type, cancellationToken: TestContext.Current.CancellationToken)],
                Compilations.References,
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
            var without = project.Compilation;
            project.Become(without.AddReferences(library.ToMetadataReference()));
            project.AssertFresh();
            project.Become(project.Compilation.WithAssemblyName("Other"));
            project.AssertFresh();
            project.Become(without.WithAssemblyName("Demo"));
            project.AssertFresh();
            Assert.Equal(none, project.Output);
        }
    }

    [Fact]
    public void What_a_reference_makes_of_our_own_types_is_not_missed()
    {
        // The library knows a Demo of its own time; here its base is ours.
        var demo = CSharpCompilation.Create("Demo", [Tree("public class Root;")], Compilations.References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var library = CSharpCompilation.Create("Library", [Tree("public class Middle : Root;")], [.. Compilations.References, Image(demo)], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var project = new EditedProject(EditedProject.Many, Files([Body("[Action] Middle Fetch() => null!; [Action] int Count(IText text) => 1;"), "public interface IText; public class Root : IText;"]));
        project.Become(project.Compilation.AddReferences(Image(library)));
        project.AssertFresh();
        var was = project.Output;
        project.Become(project.Compilation.ReplaceSyntaxTree(project.Compilation.SyntaxTrees[1], Tree("public interface IText; public class Root;")));
        project.AssertFresh();
        Assert.NotEqual(was, project.Output);

        static SyntaxTree Tree(string text) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), Compilations.PathOf(1));

        static PortableExecutableReference Image(CSharpCompilation compilation)
        {
            using var image = new MemoryStream();
            Assert.True(compilation.Emit(image).Success);
            return MetadataReference.CreateFromImage(image.ToArray());
        }
    }

    [Fact]
    public void Drivers_that_part_do_not_see_each_others_projects()
    {
        var project = new EditedProject(Files([Agent, "namespace Demo; public class Article;"]));
        var (driver, compilation) = (project.Driver, project.Compilation);
        var texts = new[] { "namespace Demo; public struct Article;", "namespace Demo; internal class Article;", "namespace Demo; public class Article;", "namespace Far; public class Article;" };
        Parallel.For(0, 200, i =>
        {
            var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], CSharpSyntaxTree.ParseText(texts[i % texts.Length], new CSharpParseOptions(LanguageVersion.Preview), "/src/File1.cs"));
            var fork = driver.RunGenerators(edited, CancellationToken.None);
            var fresh = CSharpGeneratorDriver.Create([new AgentGenerator().AsSourceGenerator()], parseOptions: new CSharpParseOptions(LanguageVersion.Preview)).RunGenerators(edited, CancellationToken.None);
            Assert.Equal(Texts(fresh), Texts(fork));
        });

        static List<string> Texts(GeneratorDriver driver) => [.. driver.GetRunResult().Results[0].GeneratedSources.Select(static source => source.SourceText.ToString())];
    }

    private static string Body(string members, string? root = null) =>
        $"using AgentFlow; namespace Demo; [Agent] public partial class A {(root is null ? "" : ": " + root)} {{ {members} }}";

    private static (string Path, string Text)[] Files(string?[] texts) =>
        [.. texts.Select(static (text, i) => (Compilations.PathOf(i), text)).Where(static file => file.text is not null).Select(static file => (file.Item1, file.text!))];

    private sealed class Generated(GeneratedKind kind) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => kind;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) => (severity = default) != default;

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) => (severity = default) != default;
    }
}
