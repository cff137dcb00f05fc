using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentFlow.CompilerServices;

/// <summary>
/// What a tool gives back: text as it is, anything else as a <see cref="JsonElement"/>, and <see langword="null"/> where there is nothing to give, which
/// callers of functions take for success. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ToolResult
{
    private static readonly JsonElement True = JsonElement.Parse("true"u8);
    private static readonly JsonElement False = JsonElement.Parse("false"u8);

    /// <summary>A value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="result">How it is written.</param>
    public static ValueTask<object?> From<T>(T value, ToolResult<T> result) => new(Write(value, result));

    /// <summary>A value that is being made.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="task">What makes it.</param>
    /// <param name="result">How it is written.</param>
    public static ValueTask<object?> From<T>(Task<T> task, ToolResult<T> result)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.IsCompletedSuccessfully ? new(Write(task.Result, result)) : Await(task, result);

        static async ValueTask<object?> Await(Task<T> task, ToolResult<T> result) => Write(await task.ConfigureAwait(false), result);
    }

    /// <summary>A value that is being made.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="task">What makes it.</param>
    /// <param name="result">How it is written.</param>
    public static ValueTask<object?> From<T>(ValueTask<T> task, ToolResult<T> result)
    {
        return task.IsCompletedSuccessfully ? new(Write(task.Result, result)) : Await(task, result);

        static async ValueTask<object?> Await(ValueTask<T> task, ToolResult<T> result) => Write(await task.ConfigureAwait(false), result);
    }

    /// <summary>All elements of a stream.</summary>
    /// <typeparam name="T">The element's type.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="result">How the elements are written together.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<object?> From<T>(IAsyncEnumerable<T> stream, ToolResult<T[]> result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var elements = new List<T>();
        await foreach (var element in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            elements.Add(element);
        }

        return Write(elements.ToArray(), result);
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

    /// <summary>Content, such as an image, or several.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="content">The content.</param>
    public static ValueTask<object?> Media<T>(T content) => new(Content(content));

    /// <summary>Content that is being made.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="task">What makes it.</param>
    public static async ValueTask<object?> Media<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return Content(await task.ConfigureAwait(false));
    }

    /// <summary>Content that is being made.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="task">What makes it.</param>
    public static async ValueTask<object?> Media<T>(ValueTask<T> task) => Content(await task.ConfigureAwait(false));

    /// <summary>All contents of a stream.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<object?> Media<T>(IAsyncEnumerable<T> stream, CancellationToken cancellationToken)
        where T : AIContent
    {
        ArgumentNullException.ThrowIfNull(stream);
        var contents = new List<AIContent>();
        await foreach (var content in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            contents.Add(content);
        }

        return contents.ToArray();
    }

    /// <summary>Media stay what they are: as JSON they would be long texts in Base64.</summary>
    private static object? Content<T>(T value) => value is IEnumerable<AIContent> contents ? contents.ToArray() : value;

    private static object? Write<T>(T value, ToolResult<T> result) => value switch
    {
        null => null,
        string text => text,
        JsonElement element => element,

        // Media stay what they are: as JSON they would be long texts in Base64.
        AIContent content => content,
        IEnumerable<AIContent> contents => contents.ToArray(),

        // A buffer and a writer cost more than a number.
        bool truth => truth ? True : False,
        int number => Number(number),
        long number => Number(number),
        _ => result.Write(value),
    };

    private static JsonElement Number(long number)
    {
        Span<byte> text = stackalloc byte[20];
        number.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        return JsonElement.Parse(text[..length]);
    }
}
