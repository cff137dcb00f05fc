using System.Buffers;
using System.Text.Json;

namespace AgentFlow;

/// <summary>
/// Keeps relics in a folder, each in a file of its own, which is written whole or not at all. Files are named by a hash of the key and hold the key besides the relic. Thread-safe; several
/// stores and processes may share the folder: of those that write one key at the same time the last one counts.
/// </summary>
public sealed class FileRelicStore : IRelicStore, IDisposable
{
    private readonly string _folder;
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Opens a folder, which is made if it is not there.</summary>
    /// <param name="folder">The folder.</param>
    public FileRelicStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _folder = Path.GetFullPath(folder);
        StoreLock.CreateDirectory(_folder, _folder);
        RemoveLeftovers();
    }

    /// <inheritdoc />
    public async ValueTask<JsonElement?> ReadAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        byte[] content;
        try
        {
            // Opening a pipe waits for a writer.
            PlainFile.Check(path);
            content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && PlainFile.WhatElse(path) is not null)
        {
            throw Damaged(key, e);
        }

        return Open(content, key);
    }

    /// <inheritdoc />
    public async ValueTask WriteAsync(string key, JsonElement value, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        RelicKey.CheckDepth(value);
        var content = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(content))
        {
            writer.WriteStartObject();
            writer.WriteString("key", key);
            writer.WritePropertyName("relic");
            value.WriteTo(writer);
            writer.WriteEndObject();
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DurableFile.Create(path, content.WrittenSpan, replaces: true, isShared: true);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }

            DurableFile.Delete(path);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    /// <summary>Removes what writers have left that were killed; not what one is writing.</summary>
    private void RemoveLeftovers()
    {
        foreach (var path in Directory.EnumerateFiles(_folder, "*" + DurableFile.Temporary))
        {
            if (TimeProvider.System.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > TimeSpan.FromDays(1))
            {
                DurableFile.TryDelete(path);
            }
        }
    }

    private static JsonElement Open(byte[] content, string key)
    {
        try
        {
            var file = RecordedJson.Parse(content);
            if (file.ValueKind == JsonValueKind.Object && file.TryGetProperty("key", out var owner) && owner.ValueKind == JsonValueKind.String && owner.ValueEquals(key) && file.TryGetProperty("relic", out var relic))
            {
                return relic;
            }
        }
        catch (JsonException e)
        {
            throw Damaged(key, e);
        }

        throw Damaged(key, null);
    }

    private static InvalidDataException Damaged(string key, Exception? inner) => new($"The file of relic '{key}' is damaged. Write it again, or delete it.", inner);

    private string PathOf(string key) => Path.Combine(_folder, RelicKey.FileNameOf(key));
}
