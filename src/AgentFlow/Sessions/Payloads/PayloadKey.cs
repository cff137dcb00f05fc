using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace AgentFlow;

/// <summary>
/// A key with a pool of ciphers. An <see cref="AesGcm"/> is not thread-safe, and sessions seal and open payloads on many threads.
/// </summary>
internal sealed class PayloadKey(ReadOnlySpan<byte> key) : IDisposable
{
    private readonly byte[] _key = key.ToArray();
    private readonly ConcurrentBag<AesGcm> _idle = [];
    private volatile bool _isDisposed;

    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> content, Span<byte> sealedContent, Span<byte> tag, ReadOnlySpan<byte> associated)
    {
        var cipher = Rent();
        cipher.Encrypt(nonce, content, sealedContent, tag, associated);
        Return(cipher);
    }

    public void Decrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedContent, ReadOnlySpan<byte> tag, Span<byte> content, ReadOnlySpan<byte> associated)
    {
        var cipher = Rent();
        cipher.Decrypt(nonce, sealedContent, tag, content, associated);
        Return(cipher);
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out var cipher))
        {
            cipher.Dispose();
        }

        CryptographicOperations.ZeroMemory(_key);
    }

    private AesGcm Rent()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(PayloadEncryption));
        return _idle.TryTake(out var cipher) ? cipher : new AesGcm(_key, PayloadSeal.TagSize);
    }

    /// <summary>Returns a cipher to the pool. One that threw is not returned.</summary>
    private void Return(AesGcm cipher)
    {
        if (_isDisposed)
        {
            cipher.Dispose();
            return;
        }

        _idle.Add(cipher);
    }
}
