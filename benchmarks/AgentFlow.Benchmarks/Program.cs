using AgentFlow.Benchmarks;
using AgentFlow.Benchmarks.Smoke;
using BenchmarkDotNet.Running;

if (args.Contains("--smoke"))
{
    return await SmokeRun.RunAsync(TimeSpan.FromMilliseconds(20), rounds: 7);
}

if (args.Contains("--measure"))
{
    return await SmokeRun.RunAsync(TimeSpan.FromMilliseconds(100), rounds: 21);
}

if (args is ["--profile", var bodies, var name, var seconds])
{
    return await ProfileRun.RunAsync(bodies, name, TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)));
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new BenchmarkConfig());
return 0;
