namespace AgentFlow.AI;

/// <summary>What is known of one candidate. Guarded by the selector's gate.</summary>
internal sealed class LearningArm(string name, ModelCandidate candidate, LearnedModel? learned)
{
    public string Name { get; } = name;

    public ModelCandidate Candidate { get; } = candidate;

    public LearnedModel Learned { get; private set; } = learned ?? new(name, 0, 0, 0, 0, 0);

    /// <summary>A quality that it may have, by what was observed, drawn at random.</summary>
    public double Draw(Random random, double priorStrength) => Beta(
        random,
        1 + (priorStrength * Candidate.Quality) + Learned.Successes,
        1 + (priorStrength * (1 - Candidate.Quality)) + Learned.Failures);

    public double CostOf(double expected) => Learned.Calls > 0 ? Learned.Cost / Learned.Calls : expected;

    /// <summary>None, as long as nothing is known: what might be fast is worth a try.</summary>
    public double Seconds => Learned.Calls > 0 ? Learned.Seconds / Learned.Calls : 0;

    public void Called(double cost, TimeSpan time, double discount) => Learned = Learned with
    {
        Calls = (Learned.Calls * discount) + 1,
        Cost = (Learned.Cost * discount) + cost,
        Seconds = (Learned.Seconds * discount) + time.TotalSeconds,
    };

    public void Judged(double quality) => Learned = Learned with { Successes = Learned.Successes + quality, Failures = Learned.Failures + 1 - quality };

    public void Forget(double discount) => Learned = Learned with { Successes = Learned.Successes * discount, Failures = Learned.Failures * discount };

    private static double Beta(Random random, double alpha, double beta)
    {
        var x = Gamma(random, alpha);
        return x / (x + Gamma(random, beta));
    }

    /// <summary>Marsaglia and Tsang 2000, <i>A Simple Method for Generating Gamma Variables</i>; for shapes of at least 1.</summary>
    private static double Gamma(Random random, double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    /// <summary>Box and Muller 1958.</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
