using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AgentFlow.AI.Retrieval;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// The tools that there are: found by name, listed, and discovered by meaning, so that a model need not be offered all of them. Thread-safe.
/// </summary>
/// <param name="embeddings">Compares meanings. Default: none; words are compared instead (<see cref="TextIndex{TKey}"/>).</param>
public sealed class ToolRegistry(IEmbeddingGenerator<string, Embedding<float>>? embeddings = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AIFunction> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Text, float[] Vector)> _vectors = new(StringComparer.Ordinal);
    private readonly TextIndex<string> _index = new(comparer: StringComparer.Ordinal);

    /// <summary>All tools, ordered by name: the same tools make the same prompt, which providers cache.</summary>
    public IReadOnlyList<AIFunction> Tools
    {
        get
        {
            lock (_gate)
            {
                return [.. _tools.Values.OrderBy(static tool => tool.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Adds a tool.</summary>
    /// <param name="tool">The tool.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">A tool of that name is there.</exception>
    public ToolRegistry Add(AIFunction tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        lock (_gate)
        {
            if (!_tools.TryAdd(tool.Name, tool))
            {
                throw new ArgumentException($"There is a tool '{tool.Name}' already. Remove it first, or give one of the two another name.", nameof(tool));
            }

            _index.Add(tool.Name, TextOf(tool));
        }

        return this;
    }

    /// <summary>Adds tools, such as the generated <c>Tools</c> of a class.</summary>
    /// <param name="tools">The tools.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">A tool of that name is there; those before it were added.</exception>
    public ToolRegistry AddRange(IEnumerable<AIFunction> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        foreach (var tool in tools)
        {
            Add(tool);
        }

        return this;
    }

    /// <summary>Removes a tool.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name)
    {
        lock (_gate)
        {
            _vectors.Remove(name);
            return _tools.Remove(name) && _index.Remove(name);
        }
    }

    /// <summary>Finds a tool by its name, exactly.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tool">The tool.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(string name, [NotNullWhen(true)] out AIFunction? tool)
    {
        lock (_gate)
        {
            return _tools.TryGetValue(name, out tool);
        }
    }

    /// <summary>Finds the tools that fit a task.</summary>
    /// <param name="query">The task, in words.</param>
    /// <param name="count">How many are wanted at most.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>
    /// The tools, the best first: by the cosine of their meanings to the query's where there is a generator of embeddings, which always finds some; else by the
    /// words that they share with it, which may find none. When the generator fails, words are compared, and others fill the places that are left.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    public async ValueTask<IReadOnlyList<AIFunction>> SearchAsync(string query, int count, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (embeddings is null)
        {
            lock (_gate)
            {
                return [.. _index.Search(query, count).Select(hit => _tools[hit.Key])];
            }
        }

        var tools = Tools;
        float[][] vectors;
        Embedding<float> meant;
        try
        {
            vectors = await VectorsAsync(embeddings, tools, cancellationToken).ConfigureAwait(false);
            meant = await embeddings.GenerateAsync(query, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever is the matter with it: what the words find is better than nothing.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return ByWords(query, count);
        }

        var wanted = UnitVector.Of(meant.Vector.Span);
        return
        [
            .. tools
                .Select((tool, i) => (Tool: tool, Similarity: UnitVector.Cosine(wanted, vectors[i])))
                .OrderByDescending(static pair => pair.Similarity)
                .Take(count)
                .Select(static pair => pair.Tool),
        ];
    }

    /// <summary>Those that share words with a task, and then others: as many as meanings would have found.</summary>
    private IReadOnlyList<AIFunction> ByWords(string query, int count)
    {
        lock (_gate)
        {
            AIFunction[] found = [.. _index.Search(query, count).Select(hit => _tools[hit.Key])];
            return [.. found, .. _tools.Values.Except(found).OrderBy(static tool => tool.Name, StringComparer.Ordinal).Take(count - found.Length)];
        }
    }

    /// <summary>What tells a tool from others: its name, its description, and those of its arguments.</summary>
    private static string TextOf(AIFunction tool)
    {
        var text = $"{tool.Name} {tool.Description}";
        if (tool.JsonSchema is { ValueKind: JsonValueKind.Object } schema && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                text += " " + property.Name;
                if (property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("description", out var description) && description.ValueKind == JsonValueKind.String)
                {
                    text += " " + description.GetString();
                }
            }
        }

        return text;
    }

    /// <summary>The meaning of each tool; only those that are new are asked for, all in one request.</summary>
    private async ValueTask<float[][]> VectorsAsync(IEmbeddingGenerator<string, Embedding<float>> generator, IReadOnlyList<AIFunction> tools, CancellationToken cancellationToken)
    {
        var texts = tools.Select(TextOf).ToArray();
        var vectors = new float[tools.Count][];
        var missing = new List<int>();
        lock (_gate)
        {
            for (var i = 0; i < tools.Count; i++)
            {
                if (_vectors.TryGetValue(tools[i].Name, out var known) && known.Text == texts[i])
                {
                    vectors[i] = known.Vector;
                }
                else
                {
                    missing.Add(i);
                }
            }
        }

        if (missing.Count == 0)
        {
            return vectors;
        }

        var made = await generator.GenerateAsync(missing.Select(i => texts[i]), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (made.Count != missing.Count)
        {
            throw new InvalidOperationException($"The generator of embeddings was given {missing.Count} texts and made {made.Count} embeddings.");
        }

        lock (_gate)
        {
            for (var i = 0; i < missing.Count; i++)
            {
                vectors[missing[i]] = UnitVector.Of(made[i].Vector.Span);
                _vectors[tools[missing[i]].Name] = (texts[missing[i]], vectors[missing[i]]);
            }
        }

        return vectors;
    }
}
