using System;
using System.Security.Cryptography;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>Takes down what a fingerprint is of. Strings carry their length, so that no two sequences of values read alike.</summary>
internal sealed class FingerprintWriter : IDisposable
{
    private readonly SHA256 _hash = SHA256.Create();
    private byte[] _buffer = new byte[4096];
    private int _length;

    public void Write(int value)
    {
        Reserve(sizeof(int));
        for (var shift = 0; shift < 32; shift += 8)
        {
            _buffer[_length++] = (byte)(value >> shift);
        }
    }

    public void Write(string text)
    {
        Write(text.Length);
        Reserve(text.Length * sizeof(char));
        foreach (var character in text)
        {
            _buffer[_length++] = (byte)character;
            _buffer[_length++] = (byte)(character >> 8);
        }
    }

    public void Write(Fingerprint fingerprint)
    {
        Write((int)(fingerprint.High >> 32));
        Write((int)fingerprint.High);
        Write((int)(fingerprint.Low >> 32));
        Write((int)fingerprint.Low);
    }

    /// <summary>The fingerprint of all that was written since the last one.</summary>
    public Fingerprint Take()
    {
        var hash = _hash.ComputeHash(_buffer, 0, _length);
        _length = 0;
        return new Fingerprint(BitConverter.ToUInt64(hash, 0), BitConverter.ToUInt64(hash, 8));
    }

    public void Dispose() => _hash.Dispose();

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }
    }
}
