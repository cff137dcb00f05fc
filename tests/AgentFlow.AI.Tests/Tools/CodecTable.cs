using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>Tools of types that are read and written in every way that there is: each gives back what it is given.</summary>
public sealed partial class CodecTable
{
#pragma warning disable AF0602, CA1720 // They are called as the types that they are for, and need no further description.
    [Tool] public static Everything Everything(Everything v) => v;
    [Tool] public static Everything? Nullables(Everything? v) => v;
    [Tool] public static Settable Settable(Settable v) => v;
    [Tool] public static Fields Fields(Fields v) => v;
    [Tool] public static Fields? NullableFields(Fields? v) => v;
    [Tool] public static Open Open(Open v) => v;
    [Tool] public static Derived Derived(Derived v) => v;
    [Tool] public static Box<string> Box(Box<string> v) => v;
    [Tool] public static Box<string?> BoxOfNull(Box<string?> v) => v;
    [Tool] public static Box<Box<Grade>[]> Boxes(Box<Box<Grade>[]> v) => v;
    [Tool] public static Picky Picky(Picky v) => v;
    [Tool] public static Dictionary<string, List<Open?>?> Lists(Dictionary<string, List<Open?>?> v) => v;
    [Tool] public static List<string>[] Jagged(List<string>[] v) => v;
    [Tool] public static IEnumerable<double?> Sequence(IEnumerable<double?> v) => v;
    [Tool] public static (string?, Grade?, (int, DateOnly)) Tuples((string?, Grade?, (int, DateOnly)) v) => v;
    [Tool] public static Grade Grade(Grade v) => v;
    [Tool] public static Bounded Bounded(Bounded v) => v;
    [Tool] public static Dollars Dollars(Dollars v) => v;
    [Tool] public static Converted Converted(Converted v) => v;
    [Tool] public static Empty Empty(Empty v) => v;
    [Tool] public static Twice Twice(Twice v) => v;
    [Tool] public static int[][][][][][][][][][][][][][][][][] Deep(int[][][][][][][][][][][][][][][][][] v) => v;
    [Tool] public static Told Told(Told v) => v;
    [Tool] public static Attributed Attributed(Attributed v) => v;
    [Tool] public static float Float([AllowedValues(1f, 2f)] float v) => v;
#pragma warning restore AF0602, CA1720
}

#pragma warning disable CA1069 // That is what is tested.
/// <summary>One value, known by two names in its enum.</summary>
public enum Twice
{
    One = 1,
    Uno = 1,
    Two = 2,
}
#pragma warning restore CA1069

public enum Grade : byte
{
    Good = 1,

    [JsonStringEnumMemberName("so-so")]
    Fair = 5,

    Bad = 200,
}

#pragma warning disable CA1720 // Each is named after its type.
public sealed record Everything(
    bool Bool,
    byte Byte,
    sbyte SByte,
    short Int16,
    ushort UInt16,
    int Int32,
    uint UInt32,
    long Int64,
    ulong UInt64,
    float Single,
    double Double,
    decimal Decimal,
    char Char,
    string Text,
    Guid Guid,
    DateTime DateTime,
    DateTimeOffset DateTimeOffset,
    DateOnly DateOnly,
    Uri Uri,
    byte[] Bytes,
    Grade Grade,
    int? Maybe,
    string? Nothing = "something",
    Grade? Marked = Tools.Grade.Fair,
    Everything.Inner? Within = null)
{
    public readonly record struct Inner(int @class, string URLPath);
}
#pragma warning restore CA1720

/// <summary>What is there is set, and what is not keeps what it has.</summary>
public sealed class Settable
{
    public string Name { get; set; } = "name";

    public int? Count { get; set; } = 7;

    public required IReadOnlyList<int> Numbers { get; set; }

    public IReadOnlyDictionary<string, string?>? Labels { get; init; }

    [JsonPropertyName("else")]
    public Grade Grade { get; set; } = Grade.Good;

    [JsonIgnore]
    public string? Left { get; set; }

    public int Twice => Numbers.Count * 2;
}

#pragma warning disable CA1051 // Fields are what is tested.
public struct Fields
{
    public int X;
    public string? Y;
}
#pragma warning restore CA1051

/// <summary>A class that may have others derive from it, which its contract refuses.</summary>
public class Open
{
    public string? Name { get; set; }

    public List<string> Items { get; set; } = [];
}

public sealed class Derived : Open
{
    public int More { get; set; }
}

public sealed record Box<T>(T Value);

/// <summary>Has an opinion of its own, which is not asked before all is checked.</summary>
public sealed record Picky
{
    public Picky(int even, string text)
    {
        Even = even % 2 == 0 ? even : throw new ArgumentException("odd");
        Text = text == "no" ? throw new InvalidOperationException("no") : text;
    }

    public int Even { get; }

    public string Text { get; }
}

/// <summary>Asks for more than its types do.</summary>
public sealed record Bounded([Range(1, 5)] int Number, [Required] string? Text, [MinLength(1)] IReadOnlyList<Place> Places);

/// <summary>Names that System.Text.Json has other plans for, or that have to be escaped.</summary>
public sealed record Dollars([property: JsonPropertyName("$id")] string Id, [property: JsonPropertyName("a \"b\" é")] int Quoted);

public sealed record Converted([property: JsonConverter(typeof(JsonStringEnumConverter))] Grade Grade, TimeSpan Time, HashSet<int> Set);

public sealed record Empty;

/// <summary>Is told when it has been read.</summary>
public sealed record Told(int Number) : IJsonOnDeserialized
{
    [JsonIgnore]
    public bool IsTold { get; private set; }

    public void OnDeserialized() => IsTold = true;
}

/// <summary>Attributes that the contract does not know of.</summary>
[JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
public sealed class Attributed
{
    [JsonPropertyOrder(2)]
    public int First { get; set; }

    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Second { get; set; }

    [JsonRequired]
    public List<int> Third { get; set; } = [1];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Grade? Fourth { get; init; }
}
