using System.Globalization;

namespace AgentFlow.Samples.Expenses;

/// <summary>The bank: a file to which each payment adds a line.</summary>
public sealed class Ledger(string path)
{
    private readonly Lock _gate = new();

    public IReadOnlyList<string> Payments => File.Exists(path) ? File.ReadAllLines(path) : [];

    public Receipt Pay(string key, decimal amount)
    {
        lock (_gate)
        {
            var number = string.Create(CultureInfo.InvariantCulture, $"R{Payments.Count + 1:000}");
            File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{number} {amount} for {key}\n"));
            return new Receipt(number, amount);
        }
    }
}
