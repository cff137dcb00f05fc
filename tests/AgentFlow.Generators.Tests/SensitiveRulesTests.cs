namespace AgentFlow.Generators.Tests;

/// <summary>What <c>[Sensitive]</c> marks, where it means something, and AF0403: where it is shown.</summary>
public sealed class SensitiveRulesTests
{
    [Theory]
    [InlineData("Console.WriteLine({|AF0403:number|});")]
    [InlineData("Console.WriteLine($\"a {{|AF0403:number|}:x} b\");")]
    [InlineData("Console.WriteLine(\"a\" + {|AF0403:number|});")]
    [InlineData("Console.WriteLine(\"{0} {1}\", 1, {|AF0403:number|});")]
    [InlineData("Console.WriteLine(string.Format(\"{0}\", {|AF0403:number|}));")]
    [InlineData("Console.WriteLine({|AF0403:number|}.Trim().ToString());")]
    [InlineData("var copy = \"a\" + number; Console.WriteLine({|AF0403:copy|});")]
    [InlineData("System.Diagnostics.Debug.WriteLine({|AF0403:number|});")]
    [InlineData("System.Diagnostics.Trace.TraceInformation({|AF0403:number|});")]
    [InlineData("if (number.Length > 3) throw new InvalidOperationException($\"bad {{|AF0403:number|}}\");")]
    [InlineData("Console.WriteLine({|AF0403:card|});")]
    [InlineData("Console.WriteLine({|AF0403:card|}.Digits);")]
    [InlineData("Console.WriteLine({|AF0403:person.Born|});")]
    [InlineData("Console.WriteLine({|AF0403:secret|});")]
    [InlineData("_ = context.EmitAsync(\"a\", {|AF0403:number|}).AsTask();")]
    [InlineData("System.Diagnostics.Activity.Current?.SetTag(\"a\", {|AF0403:number|});")]
    [InlineData("System.Diagnostics.Activity.Current!.AddEvent(new(\"a\" + {|AF0403:number|}));")]
    [InlineData("System.Diagnostics.Activity.Current!.AddBaggage(\"a\", $\"{{|AF0403:number|}}\");")]
    [InlineData("new System.Diagnostics.Metrics.Meter(\"m\").CreateCounter<int>(\"c\").Add(1, new KeyValuePair<string, object?>(\"a\", {|AF0403:number|}));")]
    [InlineData("var text = new System.Text.StringBuilder(); text.Append(number); Console.WriteLine({|AF0403:text|}.ToString());")]
    [InlineData("var text = new System.Text.StringBuilder(); text.Append(1).AppendLine(\"a\" + number); Console.WriteLine({|AF0403:text|});")]
    [InlineData("var text = new System.Text.StringBuilder(number); Console.WriteLine({|AF0403:text|});")]
    [InlineData("string text; text = number; Console.WriteLine({|AF0403:text|});")]
    [InlineData("var text = \"\"; text += number; Console.WriteLine({|AF0403:text|});")]
    [InlineData("Say({|AF0403:number|}); static void Say(string text) => Console.WriteLine(text);")]
    [InlineData("Tell(1, \"a\" + {|AF0403:number|});")]
    [InlineData("Other.Pass({|AF0403:number|});")]
    [InlineData("Console.WriteLine({|AF0403:person|});")]
    [InlineData("Console.WriteLine($\"{{|AF0403:person|}}\");")]
    [InlineData("Console.WriteLine(\"{0}\", {|AF0403:person|});")]
    [InlineData("Console.WriteLine(\"a\" + {|AF0403:person|});")]
    [InlineData("Console.WriteLine({|AF0403:person|}.ToString());")]
    public Task AF0403_shown(string body) => Expect.Source(Agent(body));

    [Theory]
    [InlineData("Console.WriteLine(number.Length);")]
    [InlineData("Console.WriteLine(Mask(number)); static string Mask(string text) => text.Length.ToString();")]
    [InlineData("Console.WriteLine(person.Name);")]
    [InlineData("Console.WriteLine(string.IsNullOrEmpty(number));")]
    [InlineData("var text = number + \"a\"; if (text == \"b\") throw new InvalidOperationException(\"bad\");")]
    [InlineData("var text = new System.Text.StringBuilder(); text.Append(number.Length); Console.WriteLine(text);")]
    [InlineData("Tell(number.Length, \"a\");")]
    [InlineData("Other.Keep(number);")]
    [InlineData("Other.Again(number);")]
    [InlineData("if (person == new Person(\"a\", default)) Console.WriteLine(1);")]
    [InlineData("Console.WriteLine(Other.NameOf(person));")]
    public Task Nothing_is_shown(string body) => Expect.Source(Agent(body));

    [Theory]
    [InlineData("[Agent] public sealed partial class Demo { [Action] Article Make() => null!; [Action] int Count([{|AF0214:Sensitive|}] Article article) => 1; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] int Count() => 1; [return: {|AF0214:Sensitive|}] private static int Other() => 1; }")]
    [InlineData("[Agent, {|AF0214:Sensitive|}] public sealed partial class Demo { [Action] int Count() => 1; }")]
    [InlineData("[Agent] public sealed partial class Demo { [{|AF0214:Sensitive|}] public int A { get; } [Action] int Count() => 1; }")]
    [InlineData("[Agent] public sealed partial class Demo { [Action] [return: {|AF0310:Sensitive|}] void Do() { } }")]
    [InlineData("public static class Other { public static void M([{|AF0214:Sensitive|}] int a) { } }")]
    [InlineData("public sealed class Other([{|AF0214:Sensitive|}] int a) { public int A => a; }")]
    [InlineData("public sealed record Other([Sensitive] int A);")]
    [InlineData("public sealed class Other { [Sensitive] public int A { get; set; } }")]
    public Task It_is_never_inert(string source) => Expect.Source(source);

    [Theory]
    [InlineData("string", "", "[Sensitive] ", true, false)]
    [InlineData("Card", "", "", true, false)]
    [InlineData("List<Person?[]>", "", "", true, false)]
    [InlineData("string", "[return: Sensitive] ", "", false, true)]
    [InlineData("Person", "", "", true, true)]
    [InlineData("string", "", "", false, false)]
    public void What_holds_it_is_told(string type, string onReturn, string onInput, bool input, bool output)
    {
        var made = type == "Person" ? "Person" : "string";
        var model = Expect.Model($$"""
            [Agent] public sealed partial class Demo { [Action] {{onReturn}}{{made}} Make([Input, Service2] {{onInput}}{{type}} given) => throw null!; [Action] int Count([From(nameof(Make))] {{made}} made) => 1; }
            public sealed class Service2Attribute : Attribute;
            [Sensitive] public sealed record Card(string Digits);
            public sealed record Person(string Name, [Sensitive] DateTime Born);
            """);
        Assert.Equal(input, model.Inputs[0].IsSensitive);
        Assert.Equal(output, model.Actions[0].IsSensitive);
        Assert.False(model.Actions[1].IsSensitive);
    }

    private static string Agent(string body) => $$"""
        [Agent]
        public sealed partial class Demo
        {
            [Action] [return: Sensitive] string Make() => "a";
            [Action] int Check([Input, Sensitive] string number, [Input] Card card, [Input] Person person, [From(nameof(Make))] string secret, ActionContext context)
            {
                {{body}}
                return 1;
            }
            private void Tell(int level, string text) { if (level > 0) { var line = level + text; Console.WriteLine(line); } }
        }
        public static class Other
        {
            private static string? s_kept;
            public static void Pass(string text) => Further(text);
            private static void Further(string text) => Console.WriteLine(text);
            public static void Keep(string text) => s_kept = text;
            public static void Again(string text) { if (text.Length > 3) { Again(text.Substring(1)); } }
            public static string NameOf(Person person) => person.Name;
        }
        [Sensitive] public sealed record Card(string Digits);
        public sealed record Person(string Name, [Sensitive] DateTime Born);
        """;
}
