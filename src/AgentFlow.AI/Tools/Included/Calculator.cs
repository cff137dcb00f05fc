using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace AgentFlow.AI;

/// <summary>Arithmetic for models, which are bad at it. Evaluates expressions of at most 1,000 characters with a parser of its own: nothing in one is ever executed.</summary>
public static partial class Calculator
{
    /// <summary>Evaluates an arithmetic expression.</summary>
    /// <param name="expression">Numbers, + - * / % ^, parentheses, pi, e, tau, and functions such as sqrt, ln, log, sin, round, min and max. Angles are in radians.</param>
    /// <returns>The value.</returns>
    /// <exception cref="ExpressionException">It cannot be read, or has no finite value.</exception>
    public static double Evaluate(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return Expression.Evaluate(expression);
    }

    /// <summary>The tool: what is wrong with an expression is an answer, from which a model corrects it.</summary>
    [Tool(Name = "calculator", Effect = Effect.None)]
    [Description("Evaluates an arithmetic expression exactly as written, such as \"(3 + 4) * sqrt(2) ^ 3\". Use it for every calculation.")]
    private static string Calculate(
        [Description("Numbers, + - * / % ^, parentheses, the constants pi, e and tau, and functions: abs, sqrt, cbrt, exp, ln, log(x), log(x, base), log2, sin, cos, tan, asin, acos, atan, atan2(y, x), floor, ceil, trunc, round(x), round(x, digits), sign, min, max. Angles are in radians.")]
        [StringLength(Expression.MaxLength, MinimumLength = 1)] string expression)
    {
        try
        {
            return Expression.Evaluate(expression).ToString("R", CultureInfo.InvariantCulture);
        }
        catch (ExpressionException e)
        {
            return "Error: " + e.Message;
        }
    }
}
