using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.Benchmarks.Tools;

/// <summary>Generated functions beside those that <see cref="AIFunctionFactory"/> makes of the same methods by reflection, called with the same arguments.</summary>
internal static class ToolRuns
{
    public static IEnumerable<(string Title, (string Name, Func<int, Task> Loop)[] Cases)> All()
    {
        yield return Compare("A tool of three plain values", AIFunctionFactory.Create(BenchmarkTools.Plain), HandWrittenTools.Plain, BenchmarkTools.PlainTool, """{"text":"abc","number":5,"flag":true}""");
        yield return Compare("A tool of an object, asynchronous", AIFunctionFactory.Create(BenchmarkTools.Plan), HandWrittenTools.Plan, BenchmarkTools.PlanTool, """{"trip":{"city":"Lyttelton","days":3,"stops":["a","b","c"]}}""");
        yield return Compare("A tool of an object with a bound, asynchronous", AIFunctionFactory.Create(BenchmarkTools.Book), HandWrittenTools.Book, BenchmarkTools.BookTool, """{"stay":{"city":"Lyttelton","nights":3,"guests":["a","b","c"]}}""");
        yield return Compare("A tool of text", AIFunctionFactory.Create(BenchmarkTools.Echo), HandWrittenTools.Echo, BenchmarkTools.EchoTool, """{"text":"abc"}""");
    }

    private static (string Title, (string Name, Func<int, Task> Loop)[] Cases) Compare(string title, AIFunction reflected, AIFunction handWritten, AIFunction generated, string json)
    {
        var arguments = JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(static p => p.Name, static p => (object?)p.Value.Clone());
        return (title, [(nameof(AIFunctionFactory), Loop(reflected, arguments)), ("by hand, unchecked", Loop(handWritten, arguments)), ("generated", Loop(generated, arguments))]);
    }

    private static Func<int, Task> Loop(AIFunction function, Dictionary<string, object?> arguments) => async runs =>
    {
        for (var i = 0; i < runs; i++)
        {
            // As a loop over a model's calls has it: new arguments for each.
            if (await function.InvokeAsync(new AIFunctionArguments(arguments)).ConfigureAwait(false) is null)
            {
                throw new InvalidOperationException($"'{function.Name}' gave nothing.");
            }
        }
    };
}
