using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Arithmetic, and nothing but.</summary>
public sealed class CalculatorTests
{
    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("(1 + 2) * 3", 9)]
    [InlineData("10 - 4 - 3", 3)]
    [InlineData("2 ^ 3 ^ 2", 512)]
    [InlineData("-2 ^ 2", -4)]
    [InlineData("2 ^ -1", 0.5)]
    [InlineData("-2 * -3", 6)]
    [InlineData("7 % 4 * 2", 6)]
    [InlineData("1.5e3 + .5", 1500.5)]
    [InlineData("2e", double.NaN)]
    [InlineData("e ^ 0 + pi - pi", 1)]
    [InlineData("sqrt(16) + abs(-2) + log(8, 2) + max(1, 5, 3) + round(2.345, 1)", 16.3)]
    public void Expressions_have_their_values(string expression, double value)
    {
        if (double.IsNaN(value))
        {
            Assert.Throws<ExpressionException>(() => Calculator.Evaluate(expression));
            return;
        }

        Assert.Equal(value, Calculator.Evaluate(expression), 12);
    }

    [Theory]
    [InlineData("", 1, "Expected a number, a name or '(', and the expression ends")]
    [InlineData("1 +", 4, "Expected a number")]
    [InlineData("(1", 3, "Expected ')'")]
    [InlineData("1 2", 3, "Expected an operator or the end, found '2'")]
    [InlineData("1 / (2 - 2)", 3, "Division by zero")]
    [InlineData("1 % 0", 3, "Division by zero")]
    [InlineData("sqrt(-1)", 1, "no real value")]
    [InlineData("9 ^ 9 ^ 9 ^ 9", 1, "no finite number")]
    [InlineData("foo(1)", 1, "no function 'foo' of 1 argument(s)")]
    [InlineData("1 + x", 5, "no constant 'x'")]
    [InlineData("1..2", 3, "Expected an operator")]
    [InlineData("System.Environment.Exit(1)", 1, "no constant 'system'")]
    public void What_is_wrong_is_said_with_its_place(string expression, int position, string message)
    {
        var e = Assert.Throws<ExpressionException>(() => Calculator.Evaluate(expression));
        Assert.Equal(position, e.Position);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_and_depth_are_bounded()
    {
        Assert.Throws<ExpressionException>(() => Calculator.Evaluate(new string('1', 1001)));
        Assert.Throws<ExpressionException>(() => Calculator.Evaluate(new string('(', 500) + "1" + new string(')', 499)));
        Assert.Throws<ExpressionException>(() => Calculator.Evaluate(new string('-', 900) + "1"));
        Assert.Equal(1, Calculator.Evaluate(new string('(', 30) + "1" + new string(')', 30)));
        Assert.Equal(200, Calculator.Evaluate(string.Join('+', Enumerable.Repeat("1", 200))));
    }

    [Fact]
    public void Random_expressions_have_the_values_that_their_trees_have() =>
        Prop.ForAll(Gen.Sized(static size => Tree(Math.Min(size, 30))).ToArbitrary(), static tree => double.IsFinite(tree.Value)
            ? Calculator.Evaluate(tree.Text) == tree.Value
            : Throws(tree.Text)).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_does_anything_but_fail_clearly() => Prop.ForAll<string>(static text =>
    {
        try
        {
            return text is null || double.IsFinite(Calculator.Evaluate(text));
        }
        catch (ExpressionException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task As_a_tool_it_answers_with_what_is_wrong()
    {
        Assert.Equal("14", await ToolTests.CallAsync(Calculator.CalculateTool, """{"expression":"2 * 7"}"""));
        Assert.Equal("Error: Division by zero (at character 3)", await ToolTests.CallAsync(Calculator.CalculateTool, """{"expression":"1 / 0"}"""));
        Assert.Equal("calculator", Calculator.CalculateTool.Name);
    }

    private static bool Throws(string text)
    {
        try
        {
            Calculator.Evaluate(text);
            return false;
        }
        catch (ExpressionException)
        {
            return true;
        }
    }

    /// <summary>An expression with as few parentheses as its tree needs, and the value that C# gives the tree.</summary>
    private static Gen<(string Text, int Tightness, double Value)> Tree(int size)
    {
        var leaf = Gen.Choose(0, 1000).Select(static n => ((n / 10.0).ToString(CultureInfo.InvariantCulture), 9, n / 10.0));
        return size < 2 ? leaf : Gen.OneOf(
            leaf,
            from symbol in Gen.Elements('+', '-', '*')
            from left in Tree(size / 2)
            from right in Tree(size / 2)
            let tightness = symbol == '*' ? 2 : 1
            select ($"{Wrap(left, tightness)} {symbol} {Wrap(right, tightness + 1)}", tightness, symbol switch { '+' => left.Value + right.Value, '-' => left.Value - right.Value, _ => left.Value * right.Value }),
            from inner in Tree(size / 2)
            select ($"-{Wrap(inner, 3)}", 3, -inner.Value),
            from inner in Tree(size / 2)
            select ($"abs({inner.Text})", 9, Math.Abs(inner.Value)));

        static string Wrap((string Text, int Tightness, double Value) tree, int tightness) => tree.Tightness < tightness ? $"({tree.Text})" : tree.Text;
    }
}
