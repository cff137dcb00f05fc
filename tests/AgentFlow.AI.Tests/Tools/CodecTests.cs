using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Tools;

/// <summary>What generated code reads and writes itself is what the schema's check and the contract of System.Text.Json make of it, for good and for bad.</summary>
public sealed class CodecTests
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly IReadOnlyList<AIFunction> Tools = [.. ConformanceTable.Tools, .. CodecTable.Tools];

    /// <summary>Formats and names that the contract reads in a way of its own, and types that hold themselves or stand for others, are nested too deep, or have a say in it.</summary>
    private static readonly string[] NeedContracts = ["Int128", "Half", "Flags", "TimeOnly", "TimeSpan", "Version", "Set", "Recursive", "Polymorphic", "Json", "Dollars", "Converted", "Empty", "Twice", "Deep", "Told"];

    public static TheoryData<string> Names() => [.. Tools.Select(static tool => tool.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_argument_is_read_as_its_contract_reads_it_and_refused_as_the_check_refuses_it(string name) => Invoke(nameof(CompareReading), name);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_result_is_written_as_its_contract_writes_it(string name) => Invoke(nameof(CompareWriting), name);

    [Fact]
    public void Whatever_is_understood_needs_no_contract() =>
        Assert.Equal(NeedContracts, Tools.Where(static tool => Get(FieldOf(tool, "Argument0"), "Reader") is null).Select(static tool => tool.Name));

    [Fact]
    public void What_a_contract_refuses_to_write_is_refused_by_it()
    {
        CompareOne(Writer<Box<string>>("Box"), new Box<string>(null!));
        CompareOne(Writer<Place>("Record"), new Place(null!));
        CompareOne(Writer<Open>("Open"), new Derived { More = 1 });
        CompareOne(Writer<Open>("Open"), new Open { Items = null! });
        CompareOne(Writer<Dictionary<string, List<Open?>?>>("Lists"), new() { ["a"] = [new Open(), null, new Derived()] });
        CompareOne(Writer<IReadOnlyDictionary<string, Place[]>>("Nested"), new Dictionary<string, Place[]> { ["a"] = [new("b"), null!] });
    }

    [Fact]
    public void Values_that_no_JSON_is_read_as_are_written_as_their_contracts_write_them()
    {
        foreach (var number in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -0.0, 1e22])
        {
            CompareOne(Writer<double>("Double"), number);
            CompareOne(Writer<float>("Single"), (float)number);
            CompareOne(Writer<IReadOnlyList<double>>("ReadOnlyList"), [number]);
            CompareOne(Writer<IEnumerable<double?>>("Sequence"), [null, number]);
        }

        CompareOne(Writer<Grade>("Grade"), (Grade)9);
        CompareOne(Writer<Unit?>("NullableEnum"), (Unit)(-1));
        CompareOne(Writer<char>("Char"), '\ud800');
        CompareOne(Writer<List<string?>>("List"), ["\ud800", null, "\0\u001f\u007f\u2028<>&'\"\\/+`é😀"]);
        CompareOne(Writer<DateTime>("DateTime"), DateTime.SpecifyKind(new(2025, 3, 1, 12, 30, 0, 1), DateTimeKind.Local));
        CompareOne(Writer<(string?, Grade?, (int, DateOnly))>("Tuples"), (null, null, (1, DateOnly.MaxValue)));
        CompareOne(Writer<List<string>[]>("Jagged"), [null!, ["a", null!]]);
        CompareOne(Writer<byte[]>("Bytes"), new byte[100_000]);
        CompareOne(Writer<byte[]>("Bytes"), [1, 2]);
    }

    [Fact]
    public async Task A_property_that_throws_leaves_nothing_behind_for_the_next_result()
    {
        var writer = Writer<IEnumerable<double?>>("Sequence");
        Assert.Throws<TimeoutException>(() => Write(writer, Broken()));
        Assert.Equal("[1]", Write(writer, [1]).GetRawText());
        Assert.Equal("[2]", ((JsonElement)(await ToolTests.CallAsync(Find("Sequence"), """{"v":[2]}"""))!).GetRawText());

        static IEnumerable<double?> Broken()
        {
            yield return 1;
            throw new TimeoutException();
        }
    }

    [Fact]
    public void A_result_may_call_a_tool_while_it_is_written()
    {
        var writer = Writer<IEnumerable<double?>>("Sequence");
        Assert.Equal("[1,2,3]", Write(writer, Nested()).GetRawText());

        IEnumerable<double?> Nested()
        {
            yield return 1;
            yield return Write(writer, [2]).EnumerateArray().Single().GetDouble();
            yield return 3;
        }
    }

    [Theory]
    [InlineData("Text", """{"v":"\ud800"}""")]
    [InlineData("Length", """{"v":"\ud800x"}""")]
    [InlineData("Email", """{"v":"\ud800@example.org"}""")]
    [InlineData("DateOnly", """{"v":"\ud800"}""")]
    [InlineData("Pattern", """{"v":"\ud800"}""")]
    [InlineData("Allowed", """{"v":"\ud800"}""")]
    [InlineData("Enum", """{"v":"\ud800"}""")]
    [InlineData("Record", """{"v":{"\ud800":1}}""")]
    public async Task Text_that_is_no_Unicode_is_told_to_the_model(string tool, string arguments)
    {
        var e = await Assert.ThrowsAsync<InvalidToolArgumentsException>(() => ToolTests.CallAsync(Find(tool), arguments));
        Assert.All(e.Problems, static problem => Assert.StartsWith("$.v", problem.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    public void What_is_missing_of_many_members_is_missed(int count)
    {
        var properties = string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"p{i}\":{{\"type\":\"integer\"}}"));
        var schema = """{"type":"object","properties":{"v":{"type":"object","required":["p0"],"properties":{""" + properties + "}}}}";
        var definition = new ToolDefinition("many", "", Encoding.UTF8.GetBytes(schema), default, "v");
        Assert.Null(Problem("""{"p0":1}"""));
        Assert.Equal("$.v.p0: missing; expected an integer", Problem($$"""{"p{{count - 1}}":1}"""));

        string? Problem(string json) => Read(definition, (ToolArgument<JsonElement>)FieldOf(Find("Json"), "Argument0"), JsonDocument.Parse(json).RootElement).Problem;
    }

    private static void CompareReading<T>(AIFunction tool, ToolArgument<T> argument)
    {
        var contract = (JsonTypeInfo<T>)Get(argument, "Contract")!;
        var reader = (ToolValueReader<T>?)Get(argument, "Reader");
        var schema = tool.JsonSchema.GetProperty("properties").GetProperty("v");
        var (read, taken) = (0, 0);
        for (var seed = 0; seed < 1_500; seed++)
        {
            var json = new RandomJson(new Random(seed), tool.JsonSchema, spoil: seed % 3 * 0.05, wild: seed % 2 * 0.5).Of(schema);
            var element = JsonDocument.Parse(json).RootElement;
            var expected = Read(tool, new ToolArgument<T>(contract), element);
            var actual = Read(tool, argument, element);
            Assert.True(expected.Problem == actual.Problem, $"{json}: expected '{expected.Problem}', got '{actual.Problem}'");
            if (expected.Problem is not null)
            {
                continue;
            }

            taken++;
            Assert.True(Same(expected.Value, actual.Value, contract), $"{json} was read as another value");
            var fits = true;
            try
            {
                if (reader is not null)
                {
                    reader(element, ref fits);
                    read += fits ? 1 : 0;
                }
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // Its constructor's own: what the contract makes of it has been compared.
            }
        }

        // Else the test would be one of contracts against themselves. Only names that come twice are left to them.
        Assert.True(taken > 25, $"only {taken} of the values fitted");
        Assert.True(reader is null || read > taken * 0.9, $"only {read} of {taken} were read without a contract");
    }

    private static void CompareWriting<T>(AIFunction tool, ToolArgument<T> argument)
    {
        var contract = (JsonTypeInfo<T>)Get(argument, "Contract")!;
        var schema = tool.JsonSchema.GetProperty("properties").GetProperty("v");
        var result = (ToolResult<T>)FieldOf(tool, "Result");
        var written = 0;
        for (var seed = 0; seed < 500; seed++)
        {
            var element = JsonDocument.Parse(new RandomJson(new Random(seed), tool.JsonSchema, spoil: 0.02, wild: seed % 4 * 0.1).Of(schema)).RootElement;
            if (Read(tool, new ToolArgument<T>(contract), element) is { Problem: null, Value: { } value })
            {
                CompareOne(result, value);
                written++;
            }
        }

        Assert.True(written > 10, $"only {written} values were written");
    }

    private static void CompareOne<T>(ToolResult<T> result, T value)
    {
        var contract = (JsonTypeInfo<T>)result.GetType().GetFields(Hidden).Select(field => field.GetValue(result)).Single(static field => field is JsonTypeInfo)!;
        var expected = Outcome(() => JsonSerializer.SerializeToElement(value, contract));
        Assert.Equal(expected, Outcome(() => Write(result, value)));

        static string Outcome(Func<JsonElement> write)
        {
            try
            {
                return write().GetRawText();
            }
            catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
            {
                return $"{e.GetType()}: {e.Message}";
            }
        }
    }

    private static (T Value, string? Problem) Read<T>(AIFunction tool, ToolArgument<T> argument, JsonElement element) => Read(tool.GetService<ToolDefinition>()!, argument, element);

    private static (T Value, string? Problem) Read<T>(ToolDefinition definition, ToolArgument<T> argument, JsonElement element)
    {
        try
        {
            var arguments = new ToolArguments(definition, new AIFunctionArguments { ["v"] = element });
            var value = arguments.Read(0, argument);
            arguments.ThrowIfInvalid();
            return (value, null);
        }
        catch (InvalidToolArgumentsException e)
        {
            return (default!, string.Join('|', e.Problems));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return (default!, $"{e.GetType()}: {e.Message}");
        }
    }

    private static bool Same<T>(T left, T right, JsonTypeInfo<T> contract) =>
        ((object?)left)?.GetType() == ((object?)right)?.GetType() && (left is JsonElement || JsonSerializer.Serialize(left, contract) == JsonSerializer.Serialize(right, contract));

    private static JsonElement Write<T>(ToolResult<T> result, T value) => result.GetType().GetMethod("Write", Hidden)!.CreateDelegate<Func<T, JsonElement>>(result)(value);

    private static ToolResult<T> Writer<T>(string tool) => (ToolResult<T>)FieldOf(Find(tool), "Result");

    private static AIFunction Find(string name) => Tools.Single(tool => tool.Name == name);

    private static object FieldOf(AIFunction tool, string name) => tool.GetType().GetField(name, Hidden)!.GetValue(null)!;

    private static object? Get(object argument, string property) => argument.GetType().GetProperty(property, Hidden)!.GetValue(argument);

    private static void Invoke(string comparison, string name)
    {
        var tool = Find(name);
        var argument = FieldOf(tool, "Argument0");
        try
        {
            typeof(CodecTests).GetMethod(comparison, Hidden)!.MakeGenericMethod(argument.GetType().GenericTypeArguments[0]).Invoke(null, [tool, argument]);
        }
        catch (TargetInvocationException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }
}
