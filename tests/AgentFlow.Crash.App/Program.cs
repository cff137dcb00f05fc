using System.Globalization;
using AgentFlow.Crash;
using AgentFlow.Crash.Fuzz;

switch (args)
{
    // Kills itself at the n-th write.
    case ["live", var name, var folder, var scenario, var n, var side]:
        await using (var store = Stores.Open(name, folder))
        {
            var life = await Scenario.RunAsync(scenario, store, new World(Path.Combine(folder, "world.txt")), int.Parse(n, CultureInfo.InvariantCulture), side == "after");
            Console.WriteLine($"{life.State} after {life.Writes} writes");
        }

        return 0;

    case ["zombie", var name, var folder, var sessions]:
        await Zombie.RunAsync(name, folder, int.Parse(sessions, CultureInfo.InvariantCulture));
        return 0;

    case ["think", var pattern, var folder, var endpoint]:
        Console.WriteLine(await Thinking.RunAsync(pattern, folder, new Uri(endpoint)));
        return 0;

    case ["fuzz", var name, var folder, var life, var mode]:
        await FuzzWorker.RunAsync(name, folder, int.Parse(life, CultureInfo.InvariantCulture), mode);
        return 0;

    default:
        Console.Error.WriteLine("live <store> <folder> <scenario> <n> <before|after>, zombie <store> <folder> <sessions>, think <pattern> <folder> <endpoint>, or fuzz <store> <folder> <life> <plain|late|jump>");
        return 1;
}
