using System.Security.Cryptography;

namespace AgentFlow;

/// <summary>
/// The keys that payloads are encrypted with: AES-GCM, a fresh random nonce for each payload, its place and the record before it authenticated with it.
/// Give the new key first to rotate; the old ones still open what they have sealed. Any number of threads may use it.
/// </summary>
public sealed class PayloadEncryption : IDisposable
{
    private readonly Dictionary<string, PayloadKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Takes the keys.</summary>
    /// <param name="current">The id of the key that seals. 1 to 64 characters; it is stored in clear.</param>
    /// <param name="keys">All keys by id: 16, 24 or 32 bytes each. They are copied.</param>
    /// <exception cref="ArgumentException">A key has another length, or the current one is not among them.</exception>
    public PayloadEncryption(string current, IReadOnlyDictionary<string, byte[]> keys)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var (id, key) in keys)
        {
            if (id.Length is 0 or > 64 || !System.Text.Ascii.IsValid(id))
            {
                throw new ArgumentException("The id of a key has 1 to 64 ASCII characters.", nameof(keys));
            }

            if (key.Length is not (16 or 24 or 32))
            {
                throw new ArgumentException($"Key '{id}' has {key.Length} bytes; AES takes 16, 24 or 32.", nameof(keys));
            }

            _keys.Add(id, new PayloadKey(key));
        }

        Current = _keys.ContainsKey(current) ? current : throw new ArgumentException($"The current key '{current}' is not among the keys.", nameof(current));
    }

    /// <summary>The id of the key that seals.</summary>
    public string Current { get; }

    /// <summary>
    /// Whether payloads that are stored in clear are read as well: what was recorded before there were keys. Default: no. Whoever can write to
    /// the store can make such payloads, so set it only until the last of those sessions has ended.
    /// </summary>
    public bool AcceptsClear { get; init; }

    /// <summary>
    /// Whether sessions of releases whose payloads were sealed for their action but not for their session are read as well. Default: yes. Whoever
    /// can write to the store can put such a payload into another session, so set it to no when the last of those sessions has ended.
    /// </summary>
    public bool AcceptsUnbound { get; init; } = true;

    /// <summary>Encrypts what is kept outside of journals, such as memories.</summary>
    /// <param name="content">The content.</param>
    /// <param name="place">Where it is kept: it opens at no other place.</param>
    /// <returns>The content as it may be stored: encrypted with the current key, and with a checksum.</returns>
    public byte[] Seal(ReadOnlySpan<byte> content, string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return PayloadSeal.Seal(content, place, this);
    }

    /// <summary>Opens what <see cref="Seal"/> has made.</summary>
    /// <param name="sealedContent">What was stored.</param>
    /// <param name="place">Where it was kept.</param>
    /// <returns>The content.</returns>
    /// <exception cref="CryptographicException">It is damaged, of another place, or of a key that is not among these.</exception>
    public byte[] Open(ReadOnlyMemory<byte> sealedContent, string place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return PayloadSeal.Open(sealedContent, place, this, out var reason)?.ToArray() ?? throw new CryptographicException($"It does not open: {reason}.");
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }

    internal PayloadKey? Find(string id) => _keys.GetValueOrDefault(id);
}
