using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.CodeAnalysis;

namespace AgentFlow.Generators.Tests.Generation;

/// <summary>Random agents, compiled by the generator and run for real, against the reference model.</summary>
public class GenerationPropertyTests
{
    private const int Agents = 120;
    private const int Runs = 10_000;

    private static readonly Lazy<(RandomAgent Agent, Type Type)[]> Compiled = new(Compile);

    [Fact]
    public void A_compiled_agent_does_what_the_reference_model_says()
    {
        var pairs = from agent in Gen.Choose(0, Agents - 1) from seed in Gen.Choose(0, 1_000_000) select (agent, seed);
        Prop.ForAll(Arb.From(pairs, Shrink), static pair => Check(pair.agent, pair.seed))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));
    }

    /// <summary>Agents are made in the order of their size: a smaller number is a smaller agent.</summary>
    private static IEnumerable<(int, int)> Shrink((int Agent, int Seed) pair)
    {
        for (var agent = 0; agent < pair.Agent; agent += 7)
        {
            yield return (agent, pair.Seed);
        }
    }

    private static void Check(int index, int seed)
    {
        var (agent, type) = Compiled.Value[index];
        var script = new Script(seed, agent.Iterations);
        var expected = ReferenceModel.Run(agent, new Script(seed, agent.Iterations));
        var instance = (IRandomAgent)Activator.CreateInstance(type, script)!;
        string? result = null;
        ActionFailedException? failure = null;
        try
        {
            var task = instance.PlayAsync(CancellationToken.None);
            result = task.Wait(Patience) ? task.Result : throw new TimeoutException("The run does not end.");
        }
        catch (AggregateException e)
        {
            failure = Assert.IsType<ActionFailedException>(e.InnerException);
        }

        Assert.Equal(expected.Result, result);
        CheckFailure(agent, expected, failure);
        CheckOrder(agent, script, expected, failure is not null && !agent.Continues);
    }

    private static void CheckFailure(RandomAgent agent, Expectation expected, ActionFailedException? failure)
    {
        if (failure is null)
        {
            return;
        }

        var failed = failure.Failures.Select(static f => (f.Iteration, int.Parse(f.Action.AsSpan(1), provider: null))).ToList();
        Assert.All(failure.Failures, static f => Assert.IsType<ScriptedException>(f.InnerException));
        if (agent.Continues)
        {
            Assert.Equal(expected.Failures.Order(), failed.Order());
        }
        else
        {
            Assert.Subset(expected.Failures.ToHashSet(), failed.ToHashSet());
        }
    }

    private static void CheckOrder(RandomAgent agent, Script script, Expectation expected, bool wasCutShort)
    {
        var seen = script.Seen.Select(static (s, at) => (s.Iteration, s.Action, s.IsStart, At: at)).ToList();
        var starts = seen.Where(static s => s.IsStart).ToList();

        // Each action at most once an iteration, and those that the model says, no fewer.
        Assert.Equal(starts.Count, starts.Select(static s => (s.Iteration, s.Action)).Distinct().Count());
        var ran = starts.Select(static s => (s.Iteration, s.Action)).ToHashSet();
        if (wasCutShort)
        {
            Assert.Subset(expected.Ran, ran);
        }
        else
        {
            Assert.Equal(expected.Ran, ran);
        }

        // Nothing is left running, and dependencies are over before their dependents start.
        var ends = seen.Where(static s => !s.IsStart).ToDictionary(static s => (s.Iteration, s.Action), static s => s.At);
        Assert.Equal(ran, ends.Keys.ToHashSet());
        foreach (var start in starts)
        {
            foreach (var link in agent.Actions[start.Action].Links.Where(static l => l.Kind != LinkKind.Previous))
            {
                var over = link.Sources.Where(s => ran.Contains((start.Iteration, s))).Select(s => ends[(start.Iteration, s)] < start.At).ToList();
                Assert.True(link.Kind is LinkKind.Race or LinkKind.Any ? over.Count == 0 || over.Contains(true) : !over.Contains(false));
            }
        }
    }

    private static (RandomAgent, Type)[] Compile()
    {
        var random = new Random(20_26);
        var agents = Enumerable.Range(0, Agents).Select(i => RandomAgent.Make(i, random)).ToArray();
        const string Usings = "using System; using System.Threading; using System.Threading.Tasks; using AgentFlow; using AgentFlow.Generators.Tests.Generation;\nnamespace Demo;\n";
        var compilation = Compilations.Of(Usings + string.Join('\n', agents.Select(static a => a.ToSource())))
            .AddReferences(MetadataReference.CreateFromFile(typeof(Script).Assembly.Location));
        using var image = new MemoryStream();
        var emitted = Compilations.Generated(compilation).Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        var assembly = Assembly.Load(image.ToArray());
        return [.. agents.Select(a => (a, assembly.GetType("Demo." + a.Name)!))];
    }
}
