using BenchmarkDotNet.Attributes;

namespace AgentFlow.Benchmarks.Generator;

/// <summary>The generator over one project of many agents of ten actions.</summary>
public class ManyAgents
{
    private GeneratorScenario? _scenario;

    [Params(1, 100, 1000)]
    public int Agents { get; set; }

    [GlobalSetup]
    public void Verify()
    {
        _scenario = GeneratorScenario.Ten(Agents);
        _scenario.VerifyIncrementality();
    }

    [Benchmark] public void Cold() => _scenario!.Cold();

    [Benchmark] public void EditElsewhere() => _scenario!.EditElsewhere();

    [Benchmark] public void EditBody() => _scenario!.EditBody();

    [Benchmark] public void EditAgent() => _scenario!.EditAgent();
}

/// <summary>The generator over one agent of a thousand actions.</summary>
public class LargeAgent
{
    private GeneratorScenario? _scenario;

    [GlobalSetup]
    public void Verify()
    {
        _scenario = GeneratorScenario.Thousand();
        _scenario.VerifyIncrementality();
    }

    [Benchmark] public void Cold() => _scenario!.Cold();

    [Benchmark] public void EditElsewhere() => _scenario!.EditElsewhere();

    [Benchmark] public void EditBody() => _scenario!.EditBody();

    [Benchmark] public void EditAgent() => _scenario!.EditAgent();
}
