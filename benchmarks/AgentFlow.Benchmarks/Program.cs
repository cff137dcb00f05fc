using System.Globalization;
using AgentFlow.Benchmarks;
using AgentFlow.Benchmarks.Shapes;
using AgentFlow.Benchmarks.Smoke;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["--smoke", .. var parts]:
        return await new SmokeRun(TimeSpan.FromMilliseconds(8), rounds: 3, warmUp: TimeSpan.FromMilliseconds(20), manyAgents: 1, manySteps: 1_000, manySessions: 1_000).RunAsync(parts);

    case ["--measure", .. var parts]:
        return await new SmokeRun(TimeSpan.FromMilliseconds(100), rounds: 21, warmUp: TimeSpan.FromMilliseconds(500), manyAgents: 1000, manySteps: 10_000, manySessions: 10_000).RunAsync(parts);

    case ["--profile", var part, var name, var seconds]:
        return await ProfileRun.RunAsync(part, name, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));

    case ["--write-shapes", var folder]:
        ShapeWriter.WriteTo(folder);
        return 0;

    default:
        BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(args, new BenchmarkConfig());
        return 0;
}
