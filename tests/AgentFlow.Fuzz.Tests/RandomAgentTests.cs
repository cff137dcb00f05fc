using System.Globalization;
using Xunit;

namespace AgentFlow.Fuzz.Tests;

/// <summary>
/// Random agents, run, streamed, in sessions, and in sessions that are broken off and go on, against an interpreter that knows nothing of the engine.
/// <c>AGENTFLOW_FUZZ_AGENTS</c> says how many, <c>AGENTFLOW_FUZZ_SEED</c> which is the first.
/// </summary>
public class RandomAgentTests
{
    [Fact, Trait("Takes", "as long as there are agents")]
    public async Task Every_way_to_run_an_agent_does_what_the_interpreter_says()
    {
        var report = await Campaign.RunAsync(new()
        {
            FirstSeed = Number("AGENTFLOW_FUZZ_SEED", 1),
            Agents = Number("AGENTFLOW_FUZZ_AGENTS", 120),
            Parts = Enum.Parse<Parts>(Environment.GetEnvironmentVariable("AGENTFLOW_FUZZ_PARTS") ?? "All"),
            Ways = [.. (Environment.GetEnvironmentVariable("AGENTFLOW_FUZZ_WAYS") ?? "Run,Stream,Session,Crashed,HandedOver").Split(',').Select(Enum.Parse<Way>)],
            Durabilities = [.. (Environment.GetEnvironmentVariable("AGENTFLOW_FUZZ_DURABILITIES") ?? "Step,Deferred,Suspend").Split(',').Select(Enum.Parse<Durability>)],
            MaxWrong = Number("AGENTFLOW_FUZZ_MAX_WRONG", 20),
            Progress = Environment.GetEnvironmentVariable("AGENTFLOW_FUZZ_AGENTS") is null ? null : Console.Out,
        });
        if (Environment.GetEnvironmentVariable("AGENTFLOW_FUZZ_WRONG") is { Length: > 0 } file)
        {
            await File.WriteAllLinesAsync(file, report.Wrong, TestContext.Current.CancellationToken);
        }

        Assert.True(report.Wrong.IsEmpty, $"{report}\n{string.Join('\n', report.Wrong.Take(Number("AGENTFLOW_FUZZ_SHOW", 5)))}");
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
