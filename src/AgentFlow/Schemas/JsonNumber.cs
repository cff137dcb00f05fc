using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AgentFlow.Schemas;

/// <summary>A number as it is written, exact at any size: digits without zeros at either end, times a power of ten.</summary>
internal readonly struct JsonNumber
{
    // Up to here a decimal holds all digits.
    private const int MaxExactLength = 28;
    private const int MaxDivisibleDigits = 2_000;
    private const long MaxExponent = 1_000_000_000_000_000;

    private readonly bool _isNegative;
    private readonly string _digits;
    private readonly long _exponent;

    private JsonNumber(bool isNegative, string digits, long exponent)
    {
        _isNegative = isNegative;
        _digits = digits;
        _exponent = exponent;
    }

    private bool IsZero => _digits.Length == 0;

    /// <summary>Reads a number.</summary>
    public static JsonNumber Of(JsonElement number)
    {
        var text = JsonMarshal.GetRawUtf8Value(number);
        var isNegative = text[0] == (byte)'-';
        text = isNegative ? text[1..] : text;
        var exponent = 0L;
        if (text.IndexOfAny((byte)'e', (byte)'E') is var mark and >= 0)
        {
            var written = Encoding.ASCII.GetString(text[(mark + 1)..]);
            exponent = long.TryParse(written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed) ? Math.Clamp(parsed, -MaxExponent, MaxExponent)
                : written[0] == '-' ? -MaxExponent : MaxExponent;
            text = text[..mark];
        }

        var digits = Encoding.ASCII.GetString(text);
        if (digits.IndexOf('.', StringComparison.Ordinal) is var point and >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        var trimmed = digits.TrimEnd('0');
        exponent += digits.Length - trimmed.Length;
        return new(isNegative, trimmed.TrimStart('0'), exponent);
    }

    /// <summary>Whether a number has no fraction, however it is written.</summary>
    public static bool IsInteger(JsonElement number) => number.TryGetInt64(out _) || Of(number) is { IsZero: true } or { _exponent: >= 0 };

    /// <summary>Compares two numbers.</summary>
    public static int Compare(JsonElement left, JsonElement right) =>
        TryExact(left, out var a) && TryExact(right, out var b) ? a.CompareTo(b) : Compare(Of(left), Of(right));

    /// <summary>Whether a number is a multiple of another; <see langword="null"/> if they have too many digits to say.</summary>
    public static bool? IsMultiple(JsonElement number, JsonElement of)
    {
        var (value, step) = (Of(number), Of(of));
        if (value.IsZero)
        {
            return true;
        }

        if (step.IsZero || value._digits.Length > MaxDivisibleDigits || step._digits.Length > MaxDivisibleDigits)
        {
            return null;
        }

        // Without zeros at its end the value has no factor ten for the step to divide.
        if (value._exponent < step._exponent)
        {
            return false;
        }

        var modulus = BigInteger.Parse(step._digits, CultureInfo.InvariantCulture);
        var scale = BigInteger.ModPow(10, value._exponent - step._exponent, modulus);
        return (BigInteger.Parse(value._digits, CultureInfo.InvariantCulture) % modulus * scale % modulus).IsZero;
    }

    /// <summary>A number that equal numbers have in common.</summary>
    public override int GetHashCode() => HashCode.Combine(_isNegative && !IsZero, _digits, IsZero ? 0 : _exponent);

    private static bool TryExact(JsonElement number, out decimal exact)
    {
        exact = 0;
        var text = JsonMarshal.GetRawUtf8Value(number);
        return text.Length <= MaxExactLength && text.IndexOfAny((byte)'e', (byte)'E') < 0 && number.TryGetDecimal(out exact);
    }

    private static int Compare(JsonNumber left, JsonNumber right)
    {
        var (a, b) = (left.Sign(), right.Sign());
        return a != b || a == 0 ? a.CompareTo(b) : a * CompareSizes(left, right);
    }

    private int Sign() => IsZero ? 0 : _isNegative ? -1 : 1;

    private static int CompareSizes(JsonNumber left, JsonNumber right)
    {
        var order = (left._exponent + left._digits.Length).CompareTo(right._exponent + right._digits.Length);
        return order != 0 ? order : Math.Sign(string.CompareOrdinal(left._digits, right._digits));
    }
}
