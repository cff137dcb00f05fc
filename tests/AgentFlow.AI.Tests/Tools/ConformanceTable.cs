using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>One tool for each type that there is a schema for: it gives back what it is given.</summary>
public sealed partial class ConformanceTable
{
#pragma warning disable AF0602, CA1720 // The tools are called as the types that they are for, and need no further description.
    [Tool] public static bool Bool(bool v) => v;
    [Tool] public static byte Byte(byte v) => v;
    [Tool] public static sbyte SByte(sbyte v) => v;
    [Tool] public static short Int16(short v) => v;
    [Tool] public static ushort UInt16(ushort v) => v;
    [Tool] public static int Int32(int v) => v;
    [Tool] public static uint UInt32(uint v) => v;
    [Tool] public static long Int64(long v) => v;
    [Tool] public static ulong UInt64(ulong v) => v;
    [Tool] public static Int128 Int128(Int128 v) => v;
    [Tool] public static Half Half(Half v) => v;
    [Tool] public static float Single(float v) => v;
    [Tool] public static double Double(double v) => v;
    [Tool] public static decimal Decimal(decimal v) => v;
    [Tool] public static char Char(char v) => v;
    [Tool] public static string Text(string v) => v;
    [Tool] public static string? NullableText(string? v) => v;
    [Tool] public static int? NullableInt32(int? v) => v;
    [Tool] public static Unit Enum(Unit v) => v;
    [Tool] public static Unit? NullableEnum(Unit? v) => v;
    [Tool] public static Days Flags(Days v) => v;
    [Tool] public static Guid Guid(Guid v) => v;
    [Tool] public static DateTime DateTime(DateTime v) => v;
    [Tool] public static DateTimeOffset DateTimeOffset(DateTimeOffset v) => v;
    [Tool] public static DateOnly DateOnly(DateOnly v) => v;
    [Tool] public static TimeOnly TimeOnly(TimeOnly v) => v;
    [Tool] public static TimeSpan TimeSpan(TimeSpan v) => v;
    [Tool] public static Uri Uri(Uri v) => v;
    [Tool] public static Version Version(Version v) => v;
    [Tool] public static byte[] Bytes(byte[] v) => v;
    [Tool] public static int[] Array(int[] v) => v;
    [Tool] public static List<string?> List(List<string?> v) => v;
    [Tool] public static IReadOnlyList<double> ReadOnlyList(IReadOnlyList<double> v) => v;
    [Tool] public static HashSet<int> Set(HashSet<int> v) => v;
    [Tool] public static Dictionary<string, int> Dictionary(Dictionary<string, int> v) => v;
    [Tool] public static IReadOnlyDictionary<string, Place[]> Nested(IReadOnlyDictionary<string, Place[]> v) => v;
    [Tool] public static (int, string) Tuple((int, string) v) => v;
    [Tool] public static Place Record(Place v) => v;
    [Tool] public static Point Struct(Point v) => v;
    [Tool] public static Person Class(Person v) => v;
    [Tool] public static Node Recursive(Node v) => v;
    [Tool] public static Shape Polymorphic(Shape v) => v;
    [Tool] public static JsonElement Json(JsonElement v) => v;
    [Tool] public static int Range([Range(1, 5)] int v) => v;
    [Tool] public static double Exclusive([Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)] double v) => v;
    [Tool] public static string Length([StringLength(3, MinimumLength = 2)] string v) => v;
    [Tool] public static int[] Items([MinLength(1), MaxLength(2)] int[] v) => v;
    [Tool] public static string Pattern([RegularExpression("[a-c]+")] string v) => v;
    [Tool] public static string Allowed([AllowedValues("a", "b")] string v) => v;
    [Tool] public static string Denied([DeniedValues("x")] string v) => v;
    [Tool] public static string? Required([Required] string? v) => v;
    [Tool] public static string Email([EmailAddress] string v) => v;
#pragma warning restore AF0602, CA1720

    /// <summary>Some days.</summary>
    [Flags]
    public enum Days
    {
        None = 0,
        Mon = 1,
        Tue = 2,
    }

    public readonly record struct Point(int X, int Y);

    public sealed record Node(int Value, Node? Next = null);

    [JsonDerivedType(typeof(Circle), "circle")]
    [JsonDerivedType(typeof(Square), "square")]
    public abstract record Shape;

    public sealed record Circle(double Radius) : Shape;

    public sealed record Square([property: Range(0, 9)] int Side) : Shape;

    public sealed class Person
    {
        public required string Name { get; set; }

        [Range(0, 150)]
        public int Age { get; set; } = 30;

        [JsonPropertyName("e-mail")]
        public string? Mail { get; init; }
    }
}
