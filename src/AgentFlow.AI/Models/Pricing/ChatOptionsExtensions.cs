using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What a request may ask of the model's choice.</summary>
public static class ChatOptionsExtensions
{
    internal const string QualityKey = "agentflow.quality";

    /// <summary>Asks a <see cref="ModelSelector"/> for a model of some quality, whatever it would choose otherwise. It falls below only for want of money.</summary>
    /// <param name="options">The options of the request.</param>
    /// <param name="quality">The quality that is good enough, from 0 to 1.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The quality is not between 0 and 1.</exception>
    public static ChatOptions RequireQuality(this ChatOptions options, double quality)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!(quality is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quality), quality, "Quality goes from 0 to 1.");
        }

        (options.AdditionalProperties ??= [])[QualityKey] = quality;
        return options;
    }
}
