using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace AgentFlow.Fuzz;

/// <summary>What is tried.</summary>
public sealed record CampaignOptions
{
    public int FirstSeed { get; init; } = 1;

    public int Agents { get; init; } = 200;

    public Parts Parts { get; init; } = Parts.All;

    public Way[] Ways { get; init; } = [Way.Run, Way.Stream, Way.Session, Way.Crashed, Way.HandedOver];

    public Durability[] Durabilities { get; init; } = [Durability.Step, Durability.Deferred, Durability.Suspend];

    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(4);

    public int Parallelism { get; init; } = 8;

    public TextWriter? Progress { get; init; }

    public int MaxWrong { get; init; } = 20;
}

/// <summary>What has come of it.</summary>
public sealed class CampaignReport
{
    public int Agents { get; set; }

    public int Trials { get; set; }

    public int Refused { get; set; }

    public ConcurrentDictionary<string, int> Ends { get; } = new();

    public ConcurrentQueue<string> Wrong { get; } = new();

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Agents} agents ({Refused} refused by the language), {Trials} trials, {Wrong.Count} wrong; {string.Join(", ", Ends.OrderBy(static e => e.Key).Select(static e => $"{e.Key} {e.Value}"))}");
}

/// <summary>Makes random agents, runs them in every way, and asks the oracle.</summary>
public static class Campaign
{
    private const int Batch = 200;

    public static async Task<CampaignReport> RunAsync(CampaignOptions options)
    {
        var report = new CampaignReport();
        for (var seed = options.FirstSeed; seed < options.FirstSeed + options.Agents && report.Wrong.Count < options.MaxWrong; seed += Batch)
        {
            var models = Enumerable.Range(seed, Math.Min(Batch, options.FirstSeed + options.Agents - seed)).Select(s => Maker.Make(s, options.Parts)).ToList();
            var (image, compiled) = Compiler.Compile(models, (model, why) =>
            {
                report.Refused++;
                options.Progress?.WriteLine($"refused: {model.Name}: {why.ReplaceLineEndings(" ")}");
            });
            var playing = new Playing(Assembly.Load(image), options.Patience, options.Durabilities);
            await Parallel.ForEachAsync(compiled, new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism }, async (model, _) => await TryAsync(options, playing, model, report).ConfigureAwait(false)).ConfigureAwait(false);
            report.Agents += compiled.Count;
            options.Progress?.WriteLine(report);
        }

        return report;
    }

    private static async Task TryAsync(CampaignOptions options, Playing playing, Model model, CampaignReport report)
    {
        foreach (var way in options.Ways)
        {
            var chance = new Random(int.Parse(model.Name.AsSpan(1), CultureInfo.InvariantCulture) + (1_000_000 * (int)way));
            var trial = await playing.PlayAsync(model, way, chance).ConfigureAwait(false);
            List<string> complaints;
            try
            {
                complaints = Oracle.Check(trial);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException)
            {
                complaints = [$"the oracle cannot read it: {e}"];
            }

            lock (report)
            {
                report.Trials++;
            }

            report.Ends.AddOrUpdate(trial.End.Kind.ToString(), 1, static (_, n) => n + 1);
            if (complaints.Count > 0)
            {
                var told = Tell(trial, way, complaints);
                report.Wrong.Enqueue(told);
                options.Progress?.WriteLine(told);
            }
        }
    }

    private static string Tell(Trial trial, Way way, List<string> complaints)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"### {trial.Model.Name} ({way}, {trial.Lives} lives, {trial.Circumstances}): {trial.End}");
        foreach (var complaint in complaints.Take(8))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {complaint}");
        }

        text.AppendLine(Printer.Print(trial.Model));
        foreach (var note in trial.Notes.Take(400))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {note}");
        }

        if (trial.End.Kind == EndKind.Other)
        {
            text.AppendLine(trial.End.Text);
        }

        return text.ToString();
    }
}
