using System.Globalization;

namespace AgentFlow.Generators.Tests;

/// <summary>AF0402: predicates look at nothing but their arguments.</summary>
public sealed class PurityRulesTests
{
    [Theory]
    [InlineData("DateTime.{|AF0402:Now|}.Hour > 8")]
    [InlineData("DateTime.{|AF0402:UtcNow|}.Hour > 8")]
    [InlineData("DateTime.{|AF0402:Today|}.Day > 8")]
    [InlineData("DateTimeOffset.{|AF0402:UtcNow|}.Hour > 8")]
    [InlineData("System.Diagnostics.Stopwatch.{|AF0402:GetTimestamp|}() > 8")]
    [InlineData("Environment.{|AF0402:TickCount64|} > 8")]
    [InlineData("Environment.{|AF0402:GetEnvironmentVariable|}(\"a\") is null")]
    [InlineData("TimeProvider.{|AF0402:System|} is null")]
    [InlineData("Random.{|AF0402:Shared|} is null")]
    [InlineData("{|AF0402:new Random()|} is null")]
    [InlineData("Guid.{|AF0402:NewGuid|}() == default")]
    [InlineData("System.Security.Cryptography.RandomNumberGenerator.{|AF0402:GetInt32|}(3) > 1")]
    [InlineData("Console.{|AF0402:ReadLine|}() is null")]
    [InlineData("System.IO.File.{|AF0402:Exists|}(\"a\")")]
    [InlineData("System.Globalization.CultureInfo.{|AF0402:CurrentCulture|}.Name == \"\"")]
    [InlineData("{|AF0402:s_count|} > 1")]
    [InlineData("{|AF0402:Limit|} > 1")]
    [InlineData("Other.{|AF0402:Late|}()")]
    [InlineData("Other.{|AF0402:IsLate|}")]
    [InlineData("new[] { 1 }.AsSpan().Length > 1 && {|AF0402:new Other()|} is null")]
    [InlineData("new Lazy<bool>(Other.{|AF0402:Late|}).Value")]
    [InlineData("new Lazy<bool>(() => DateTime.{|AF0402:Now|}.Hour > 8).Value")]
    [InlineData("\"a\".{|AF0402:GetHashCode|}() > 1")]
    [InlineData("new Pair(1, \"a\").{|AF0402:GetHashCode|}() > 1")]
    [InlineData("HashCode.{|AF0402:Combine|}(value, 1) > 1")]
    [InlineData("{|AF0402:s_late|}()")]
    public Task AF0402_reads(string condition) => Expect.Source(Agent($"private bool Ok([Input] int value) => {condition};"));

    [Theory]
    [InlineData("value > 8")]
    [InlineData("DateTime.UnixEpoch.Hour > value")]
    [InlineData("Max > value && s_names.Length > 1 && DayOfWeek.Friday > 0")]
    [InlineData("Other.Fine(value)")]
    [InlineData("nameof(DateTime.Now).Length > value")]
    [InlineData("new Random(value) is null")]
    [InlineData("Even(value)")]
    [InlineData("new Guid(\"00112233-4455-6677-8899-aabbccddeeff\") == default")]
    [InlineData("value.GetHashCode() > 1")]
    [InlineData("s_fine(value)")]
    public Task What_stays_may_be_read(string condition) => Expect.Source(Agent($"private bool Ok([Input] int value) => {condition}; private const int Max = 7; private bool Even(int value) => value == 0 || Odd(value - 1); private bool Odd(int value) => value != 0 && Even(value - 1);"));

    [Fact]
    public async Task AF0402_everything_that_decides()
    {
        var found = await Expect.Source("""
            [Agent(MaxIterations = 3)]
            public sealed partial class Demo
            {
                [Action] int[] Numbers() => [DateTime.Now.Hour];
                [Action, ForEach(nameof(Numbers), Until = nameof(Enough))] int Each([Item] int number) => number;
                [Action, When(nameof(Wanted)), Requires(nameof(Before)), Ensures(nameof(After))] Report? Write([From(nameof(Each))] int[] each) => null;
                private bool Enough(int each) => each > DateTime.{|AF0402:Now|}.Hour;
                private bool Wanted() { var hour = DateTime.{|AF0402:Now|}.Hour; return hour > 1; }
                private string? Before() => DateTime.{|AF0402:Now|}.Hour > 1 ? null : "late";
                private string? After(Report? write) => DateTime.{|AF0402:Now|}.Hour > 1 ? null : "late";
                [Until] private bool Done(Report? write) => DateTime.{|AF0402:Now|}.Hour > 1;
                private bool Nobody() => DateTime.Now.Hour > 1;
            }
            """);
        Assert.Equal(5, found.Length);
    }

    [Fact]
    public async Task The_way_is_named_and_its_end_is_a_location()
    {
        var found = await Expect.Source(Agent("private bool Ok([Input] int value) => {|AF0402:Deep|}(value); private static bool Deep(int value) => Other.Deeper(value);"));
        var diagnostic = Assert.Single(found);
        Assert.Contains("(Ok → Deep → Other.Deeper → Late → DateTime.Now)", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var end = Assert.Single(diagnostic.AdditionalLocations);
        Assert.Equal("Now", end.SourceTree!.ToString().Substring(end.SourceSpan.Start, end.SourceSpan.Length));
    }

    [Fact]
    public Task A_predicate_of_the_base_class_is_told_once() => Expect.Source("""
        public abstract class Root { protected bool Ok() => DateTime.{|AF0402:Now|}.Hour > 1; }
        [Agent] public sealed partial class One : Root { [Action, When(nameof(Ok))] void Do() { } }
        [Agent] public sealed partial class Two : Root { [Action, When(nameof(Ok))] void Do() { } }
        """);

    [Fact]
    public Task An_agent_that_is_not_durable_may_look_around() => Expect.Source("""
        [Agent(Durable = false)]
        public sealed partial class Demo
        {
            [Action, When(nameof(Ok))] void Do() { }
            private bool Ok() => DateTime.Now.Hour > 1;
        }
        """);

    private static string Agent(string members) => $$"""
        [Agent]
        public sealed partial class Demo
        {
            private static readonly string[] s_names = ["a"];
            private static int s_count = 1;
            private static readonly Func<bool> s_late = () => DateTime.Now.Hour > 8;
            private static readonly Func<int, bool> s_fine = value => value > 8;
            public static int Limit { get; set; } = 3;
            [Action, When(nameof(Ok))] Report? Write() { s_count++; return null; }
            {{members}}
        }
        public sealed record Pair(int Number, string Text);
        public sealed class Other
        {
            public Other() => Late();
            public static bool IsLate => Late();
            public static bool Late() => DateTime.Now.Hour > 8;
            public static bool Deeper(int value) { return value > 1 && Late(); }
            public static bool Fine(int value) => value > 3 && Deeper();
            private static bool Deeper() => true;
        }
        """;
}
