using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AgentFlow.AI;
using AgentFlow.Schemas;
using Microsoft.Extensions.AI;

namespace AgentFlow.CompilerServices;

/// <summary>Reads the arguments of one call: each is held against the schema, and everything that is wrong is said at once. For generated code.</summary>
/// <param name="definition">The tool.</param>
/// <param name="arguments">What the model, or a program, has passed.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct ToolArguments(ToolDefinition definition, AIFunctionArguments arguments)
{
    private const string Twice = "a member is given twice; send it once";

    private static readonly JsonDocumentOptions s_unique = new() { AllowDuplicateProperties = false };

    private ToolArgumentProblems? _problems;
    private int _found;

    /// <summary>Reads an argument that has to be there.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="parameter">Its number.</param>
    /// <param name="argument">How it is read.</param>
    /// <returns>The value; the default if something is wrong with it, which <see cref="ThrowIfInvalid"/> will say.</returns>
    public T Read<T>(int parameter, ToolArgument<T> argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        if (arguments.TryGetValue(definition.NameOf(parameter), out var value))
        {
            return Take(parameter, value, argument);
        }

        Report(parameter, $"missing; expected {definition.SchemaOf(parameter).Describe()}");
        return default!;
    }

    /// <summary>Reads an argument that may be left out.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="parameter">Its number.</param>
    /// <param name="argument">How it is read.</param>
    /// <param name="otherwise">What counts if it is left out.</param>
    /// <returns>The value.</returns>
    public T Read<T>(int parameter, ToolArgument<T> argument, T otherwise)
    {
        ArgumentNullException.ThrowIfNull(argument);
        return arguments.TryGetValue(definition.NameOf(parameter), out var value) ? Take(parameter, value, argument) : otherwise;
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="InvalidToolArgumentsException">Something is missing, unknown, of the wrong type, or breaks a constraint.</exception>
    public void ThrowIfInvalid()
    {
        if (_found != arguments.Count)
        {
            ReportUnknown();
        }

        if (_problems is { Problems.Count: > 0 } found)
        {
            throw new InvalidToolArgumentsException(definition.Name, found.Problems);
        }
    }

    private T Take<T>(int parameter, object? value, ToolArgument<T> argument)
    {
        _found++;
        if (value is not JsonElement element && !TryConvert(parameter, value, argument.Contract, out element))
        {
            return default!;
        }

        var schema = definition.SchemaOf(parameter);
        if (argument.Reader is { } reader && (!argument.IsConstrained || schema.Check(element) == SchemaVerdict.Fits) && TryRead(element, reader, out var read))
        {
            return read;
        }

        var verdict = schema.Check(element);
        if (verdict == SchemaVerdict.Fits)
        {
            return Deserialize(parameter, element, argument.Contract);
        }

        // Once more, for what to say about it. The tool's body relies on what its schema asks for: what takes too long to check is refused.
        var problems = _problems ??= new();
        if (verdict == SchemaVerdict.CannotBeChecked || problems.Check(schema, element, definition.NameOf(parameter)) == SchemaVerdict.CannotBeChecked)
        {
            problems.Report(definition.NameOf(parameter), $"nested too deep, or too much to check; expected {schema.Describe()}");
        }

        return default!;
    }

    /// <summary>
    /// Reads what fits without a contract, which costs more than the reading, and checks it on the way. Whatever does not fit, and whatever a constructor
    /// says to it before all is checked, comes up once more on the slower way: there the schema is asked first.
    /// </summary>
    private static bool TryRead<T>(JsonElement element, ToolValueReader<T> reader, [MaybeNullWhen(false)] out T value)
    {
        var fits = true;
        try
        {
            value = reader(element, ref fits);
            return fits;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            value = default;
            return false;
        }
    }

    private T Deserialize<T>(int parameter, JsonElement element, JsonTypeInfo<T> contract)
    {
        // Their contracts pass on whatever is JSON.
        if (typeof(T) == typeof(JsonElement) || typeof(T) == typeof(JsonElement?) || typeof(JsonNode).IsAssignableFrom(typeof(T)))
        {
            if (HasDuplicate(element))
            {
                (_problems ??= new()).Report(definition.NameOf(parameter), Twice);
                return default!;
            }

            if (typeof(T) == typeof(JsonElement))
            {
                return (T)(object)element;
            }
        }

        try
        {
            return WholeNumbers.Deserialize(element, contract)!;
        }
        catch (JsonException e)
        {
            // It fits the schema, and yet its type says no: a member twice, a number out of range, or a converter of the user's own.
            var problems = _problems ??= new();
            var message = HasDuplicate(element)
                ? Twice
                : $"not a value of type {typeof(T).Name}; expected {definition.SchemaOf(parameter).Describe()}, "
                    + $"got {ToolArgumentProblems.Show(element)}";
            problems.Report(definition.NameOf(parameter), e.Path, message);
            return default!;
        }
    }

    private static bool HasDuplicate(JsonElement element)
    {
        try
        {
            JsonElement.Parse(JsonMarshal.GetRawUtf8Value(element), s_unique);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    /// <summary>A program may pass values of .NET instead of JSON; they are held against the schema as well.</summary>
    private bool TryConvert<T>(int parameter, object? value, JsonTypeInfo<T> contract, out JsonElement element)
    {
        try
        {
            element = value is T typed ? JsonSerializer.SerializeToElement(typed, contract) : JsonValues.ToElement(value);
            return true;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            Report(parameter, $"a value of the .NET type '{value?.GetType().Name}' is no JSON; expected {definition.SchemaOf(parameter).Describe()}");
            element = default;
            return false;
        }
    }

    private void Report(int parameter, string message)
    {
        (_problems ??= new()).Report(definition.NameOf(parameter), message);
    }

    private void ReportUnknown()
    {
        foreach (var name in arguments.Keys)
        {
            if (!definition.Parameters.Contains(name))
            {
                (_problems ??= new()).Report(name, "unknown" + (definition.Parameters.Count == 0 ? "; the tool takes no arguments" : NearestName.Suggest(name, definition.Parameters)));
            }
        }
    }
}
