using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.CompilerServices;

/// <summary>
/// What a tool gives back: text as it is, anything else as a <see cref="JsonElement"/>, and <see langword="null"/> where there is nothing to give, which
/// callers of functions take for success. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ToolResult
{
    private static readonly JsonElement True = Parse("true"u8);
    private static readonly JsonElement False = Parse("false"u8);

    /// <summary>A value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="contract">How it is written.</param>
    public static ValueTask<object?> From<T>(T value, JsonTypeInfo<T> contract) => new(Write(value, contract));

    /// <summary>A value that is being made.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="task">What makes it.</param>
    /// <param name="contract">How it is written.</param>
    public static ValueTask<object?> From<T>(Task<T> task, JsonTypeInfo<T> contract)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.IsCompletedSuccessfully ? new(Write(task.Result, contract)) : Await(task, contract);

        static async ValueTask<object?> Await(Task<T> task, JsonTypeInfo<T> contract) => Write(await task.ConfigureAwait(false), contract);
    }

    /// <summary>A value that is being made.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="task">What makes it.</param>
    /// <param name="contract">How it is written.</param>
    public static ValueTask<object?> From<T>(ValueTask<T> task, JsonTypeInfo<T> contract)
    {
        return task.IsCompletedSuccessfully ? new(Write(task.Result, contract)) : Await(task, contract);

        static async ValueTask<object?> Await(ValueTask<T> task, JsonTypeInfo<T> contract) => Write(await task.ConfigureAwait(false), contract);
    }

    /// <summary>All elements of a stream.</summary>
    /// <typeparam name="T">The element's type.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="contract">How the elements are written together.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<object?> From<T>(IAsyncEnumerable<T> stream, JsonTypeInfo<T[]> contract, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var elements = new List<T>();
        await foreach (var element in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            elements.Add(element);
        }

        return Write(elements.ToArray(), contract);
    }

    /// <summary>Nothing, at once.</summary>
    public static ValueTask<object?> Nothing() => default;

    /// <summary>Nothing, in time.</summary>
    /// <param name="task">What is awaited.</param>
    public static async ValueTask<object?> From(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        await task.ConfigureAwait(false);
        return null;
    }

    /// <summary>Nothing, in time.</summary>
    /// <param name="task">What is awaited.</param>
    public static async ValueTask<object?> From(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return null;
    }

    /// <summary>Nothing, once an agent without a result has run.</summary>
    /// <param name="task">The run.</param>
    public static async ValueTask<object?> From(ValueTask<Unit> task)
    {
        await task.ConfigureAwait(false);
        return null;
    }

    private static object? Write<T>(T value, JsonTypeInfo<T> contract) => value switch
    {
        null => null,
        string text => text,
        JsonElement element => element,

        // A buffer and a writer cost more than a number.
        bool truth => truth ? True : False,
        int number => Number(number),
        long number => Number(number),
        _ => JsonSerializer.SerializeToElement(value, contract),
    };

    private static JsonElement Number(long number)
    {
        Span<byte> text = stackalloc byte[20];
        number.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        return Parse(text[..length]);
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
