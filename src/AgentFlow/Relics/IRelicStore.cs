using System.Text.Json;

namespace AgentFlow;

/// <summary>
/// Keeps relics: artefacts that outlive the run that made them, by key. Writing is repeatable: an action that runs again after a crash writes the same again. Plans reach one by
/// <see cref="PlanCatalog.AddRelics"/>, actions take it as a service.
/// </summary>
public interface IRelicStore
{
    /// <summary>Reads a relic.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>The relic, or null if there is none.</returns>
    /// <exception cref="ArgumentException">The key is empty, longer than 512 characters, or has half of a surrogate pair.</exception>
    /// <exception cref="InvalidDataException">What is stored is damaged.</exception>
    ValueTask<JsonElement?> ReadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Writes a relic, in place of the one that is there. When it returns the relic is kept.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The relic.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Completes when it is kept.</returns>
    /// <exception cref="ArgumentException">
    /// The key is empty, longer than 512 characters, or has half of a surrogate pair, or the relic is nested more than 60 levels deep.
    /// </exception>
    ValueTask WriteAsync(string key, JsonElement value, CancellationToken cancellationToken = default);

    /// <summary>Deletes a relic.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The key is empty, longer than 512 characters, or has half of a surrogate pair.</exception>
    ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default);
}
