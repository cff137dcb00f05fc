using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentFlow.CompilerServices;

/// <summary>Writes results whose types need no contract, as their contracts would. What a contract refuses, or writes in a way of its own, is left to it. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
#pragma warning disable CA1001 // It lives as long as its thread, and holds nothing but memory.
public sealed class ToolJsonWriter
#pragma warning restore CA1001
{
    /// <summary>A larger buffer is given back after use.</summary>
    private const int MaxKept = 64 * 1024;

    /// <summary>One a thread, taken while it writes: a result's property may call a tool itself.</summary>
    [ThreadStatic]
    private static ToolJsonWriter? t_idle;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;
    private bool _fits = true;

    private ToolJsonWriter() => _json = new(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>Writes a value.</summary>
    /// <returns>Whether all of it could be written; if not, a contract has to.</returns>
    internal static bool TryWrite<T>(T value, Action<ToolJsonWriter, T> write, out JsonElement json)
    {
        var writer = t_idle ?? new();
        t_idle = null;
        write(writer, value);
        json = writer._fits ? writer.End() : default;
        var isWritten = writer._fits;

        // One that was left by an exception is not taken again.
        if (writer._buffer.Capacity <= MaxKept)
        {
            writer._json.Reset();
            writer._buffer.ResetWrittenCount();
            writer._fits = true;
            t_idle = writer;
        }

        return isWritten;
    }

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteBoolean(bool value) => _json.WriteBooleanValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteByte(byte value) => _json.WriteNumberValue((uint)value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteSByte(sbyte value) => _json.WriteNumberValue((int)value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteInt16(short value) => _json.WriteNumberValue((int)value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteUInt16(ushort value) => _json.WriteNumberValue((uint)value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteInt32(int value) => _json.WriteNumberValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteUInt32(uint value) => _json.WriteNumberValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteInt64(long value) => _json.WriteNumberValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteUInt64(ulong value) => _json.WriteNumberValue(value);

    /// <summary>Writes a number, or the name of what is none.</summary>
    /// <param name="value">The value.</param>
    public void WriteSingle(float value)
    {
        if (float.IsFinite(value))
        {
            _json.WriteNumberValue(value);
        }
        else
        {
            WriteNamed(value);
        }
    }

    /// <summary>Writes a number, or the name of what is none.</summary>
    /// <param name="value">The value.</param>
    public void WriteDouble(double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumberValue(value);
        }
        else
        {
            WriteNamed(value);
        }
    }

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteDecimal(decimal value) => _json.WriteNumberValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteString(string? value) => _json.WriteStringValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteChar(char value) => _json.WriteStringValue(new ReadOnlySpan<char>(in value));

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteGuid(Guid value) => _json.WriteStringValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteDateTime(DateTime value) => _json.WriteStringValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteDateTimeOffset(DateTimeOffset value) => _json.WriteStringValue(value);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteDateOnly(DateOnly value) => _json.WriteStringValue(value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteUri(Uri? value) => _json.WriteStringValue(value?.OriginalString);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    public void WriteBytes(byte[]? value)
    {
        if (value is null)
        {
            _json.WriteNullValue();
        }
        else
        {
            _json.WriteBase64StringValue(value);
        }
    }

    /// <summary>Writes <see langword="null"/>.</summary>
    public void WriteNull() => _json.WriteNullValue();

    /// <summary>Begins an object.</summary>
    public void WriteStartObject() => _json.WriteStartObject();

    /// <summary>Ends an object.</summary>
    public void WriteEndObject() => _json.WriteEndObject();

    /// <summary>Writes the name of a member.</summary>
    /// <param name="name">The name, as UTF-8.</param>
    public void WriteName(ReadOnlySpan<byte> name) => _json.WritePropertyName(name);

    /// <summary>Writes a value of a struct, or <see langword="null"/>.</summary>
    /// <typeparam name="T">The struct.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="write">Writes what is not null.</param>
    public void WriteNullable<T>(T? value, Action<ToolJsonWriter, T> write)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(write);
        if (value is { } some)
        {
            write(this, some);
        }
        else
        {
            _json.WriteNullValue();
        }
    }

    /// <summary>Writes an array of all elements.</summary>
    /// <typeparam name="T">The elements' type.</typeparam>
    /// <param name="values">The elements.</param>
    /// <param name="write">Writes one.</param>
    public void WriteItems<T>(IEnumerable<T>? values, Action<ToolJsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (values is null)
        {
            _json.WriteNullValue();
            return;
        }

        _json.WriteStartArray();
        switch (values)
        {
            case T[] array:
                WriteItems(new ReadOnlySpan<T>(array), write);
                break;
            case List<T> list when list.GetType() == typeof(List<T>):
                WriteItems(CollectionsMarshal.AsSpan(list), write);
                break;
            default:
                foreach (var value in values)
                {
                    write(this, value);
                }

                break;
        }

        _json.WriteEndArray();
    }

    /// <summary>Writes an object with a member for each key.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="values">Keys and values.</param>
    /// <param name="write">Writes a value.</param>
    public void WriteDictionary<T>(IEnumerable<KeyValuePair<string, T>>? values, Action<ToolJsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (values is null)
        {
            _json.WriteNullValue();
            return;
        }

        _json.WriteStartObject();
        foreach (var (key, value) in values)
        {
            _json.WritePropertyName(key);
            write(this, value);
        }

        _json.WriteEndObject();
    }

    /// <summary>What may not be null.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    /// <returns>The value.</returns>
    public T? NotNull<T>(T? value)
        where T : class
    {
        _fits &= value is not null;
        return value;
    }

    /// <summary>What may be no instance of a class that derives from its type: nobody knows how to read that again.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    public void NotDerived<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        _fits &= value.GetType() == typeof(T);
    }

    private JsonElement End()
    {
        _json.Flush();
        return JsonElement.Parse(_buffer.WrittenSpan);
    }

    private void WriteItems<T>(ReadOnlySpan<T> values, Action<ToolJsonWriter, T> write)
    {
        foreach (var value in values)
        {
            write(this, value);
        }
    }

    private void WriteNamed(double value) => _json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
}
