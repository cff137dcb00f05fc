namespace AgentFlow.Generators.Tests.Generation;

/// <summary>The code that reads and writes what tools take and give: it compiles without a warning whatever the types look like, and none of it is idle.</summary>
public sealed class ToolCodecTests
{
    private const string Traps = """
        using System.Diagnostics.CodeAnalysis;
        using System.Text.Json.Serialization;

        public sealed partial class Desk
        {
            /// <summary>Does.</summary>
            /// <param name="x">What.</param>
            [Tool] public static Traps Do(Traps x) => x;

            /// <summary>Does.</summary>
            /// <param name="x">What.</param>
            /// <param name="json">What.</param>
            [Tool] private List<Hidden?>? Hide(IReadOnlyDictionary<string, Hidden>? x, Pair<string?, (int, Pair<string, int?>)>[] json) => null;

            /// <summary>Does.</summary>
            /// <param name="x">What.</param>
            /// <param name="writer">What.</param>
            /// <param name="value">What.</param>
            [Tool] public void Take(Tuple x, (string, (Tuple A, ReadTuple B)) writer, JsonCodecs value) { }

            private sealed record Hidden(int Number, [property: JsonInclude] JsonElement Element);

            public readonly record struct JsonElement([property: DisallowNull] string? Text);
        }

        public class Traps
        {
            [DisallowNull] public string? A { get; set; }
            [AllowNull] public string B { get; set; } = "";
            public required string @class { get; init; }
            public string value { get; set; } = "";
            public string? json { get; init; }
            public int fits;
            public int members { get; set; }
            public Mixed writer { get; set; } = new("");
            public int X { get; set; }
            public Kind y { get; set; }
            [Obsolete] public Old? Old { get; set; }
        }

        public enum Kind { @class, other }

        public class Mixed
        {
            public Mixed(string name, string? text = null) { }
            public string? Name { get; }
            public string? Text { get; }
        }

        #nullable disable
        public class Old
        {
            public string Text { get; set; }
            public List<string> More { get; init; }
        }
        #nullable restore

        public sealed record Pair<T, U>(T First, U Second);

        public sealed record Tuple(int Number);

        public sealed record ReadTuple(int Number);

        public sealed record JsonCodecs(int Number);
        """;

    [Fact]
    public Task Traps_make_no_warning() => Expect.Source(Traps);

    [Fact]
    public void Nothing_is_written_that_nothing_reads_or_writes()
    {
        var code = Generate("""
            namespace Demo;
            public sealed partial class Desk
            {
                [AgentFlow.Tool] public Output Do(Input x) => new(x);
                [AgentFlow.Tool] public void Keep(Loop x) { }
            }
            public sealed record Input(int A);
            public sealed record Output(Input Input);
            public sealed record Loop(Inner Inner, Loop? Next);
            public sealed record Inner(int A);
            """);
        Assert.Contains(" Read_Input(", code, StringComparison.Ordinal);
        Assert.Contains(" Write_Input(", code, StringComparison.Ordinal);
        Assert.Contains(" Write_Output(", code, StringComparison.Ordinal);
        Assert.DoesNotContain(" Read_Output(", code, StringComparison.Ordinal);
        Assert.DoesNotContain("Names_Output", code, StringComparison.Ordinal);
        Assert.DoesNotContain("Loop(global", code, StringComparison.Ordinal);
        Assert.DoesNotContain("Inner(global", code, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_and_the_like_alone_need_no_codecs() =>
        Assert.DoesNotContain("class JsonCodecs", Generate("namespace Demo; public sealed partial class Desk { [AgentFlow.Tool] public string Do(int x) => \"\"; }"), StringComparison.Ordinal);

    private static string Generate(string source) => Compilations.Generated(Compilations.Of(source)).SyntaxTrees.Last().ToString();
}
