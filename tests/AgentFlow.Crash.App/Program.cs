using System.Globalization;
using AgentFlow;
using AgentFlow.Crash;

// <store> <where> <scenario> <n> <before|after>: kills itself at the n-th write.
await using var store = Stores.Open(args[0], args[1]);
var life = await Scenario.RunAsync(args[2], store, new World(Path.Combine(args[1], "world.txt")), int.Parse(args[3], CultureInfo.InvariantCulture), args[4] == "after");
Console.WriteLine($"{life.State} after {life.Writes} writes");
