using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>
/// What a call is, in 32 bytes: the SHA-256 of the tool's name and of its arguments in one spelling (after RFC 8785). Two calls have one hash if, and only if, they
/// call one tool with equal arguments, however these are spaced, ordered or escaped; so an approval that names a hash is good for that call alone.
/// </summary>
public static class ToolCallHash
{
    /// <summary>Makes the hash of a call; its id does not count.</summary>
    /// <param name="call">The call.</param>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    /// <exception cref="ArgumentException">An argument names a member twice, or is no JSON.</exception>
    public static string Of(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Of(call.Name, call.Arguments);
    }

    /// <summary>Makes the hash of a call.</summary>
    /// <param name="tool">The name of the tool.</param>
    /// <param name="arguments">The arguments; <see langword="null"/> is the same as none.</param>
    /// <returns>64 hexadecimal digits in lower case.</returns>
    /// <exception cref="ArgumentException">An argument names a member twice, or is no JSON.</exception>
    public static string Of(string tool, IEnumerable<KeyValuePair<string, object?>>? arguments)
    {
        ArgumentNullException.ThrowIfNull(tool);
        var given = arguments?.ToArray();
        if (!Surrogates.AreWhole(given))
        {
            throw new ArgumentException(Surrogates.Halved().Message, nameof(arguments));
        }

        var canonical = new ArrayBufferWriter<byte>();
        canonical.Write("["u8);
        CanonicalJson.WriteString(tool, canonical);
        canonical.Write(",{"u8);
        var isFirst = true;
        foreach (var (name, value) in (given ?? []).OrderBy(static argument => argument.Key, StringComparer.Ordinal))
        {
            if (!isFirst)
            {
                canonical.Write(","u8);
            }

            isFirst = false;
            CanonicalJson.WriteString(name, canonical);
            canonical.Write(":"u8);
            try
            {
                CanonicalJson.Write(JsonValues.ToElement(value), canonical);
            }
            catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
            {
                throw new ArgumentException($"Argument '{name}' is no JSON: {e.Message}", nameof(arguments), e);
            }
        }

        canonical.Write("}]"u8);
        return Convert.ToHexStringLower(SHA256.HashData(canonical.WrittenSpan));
    }
}
