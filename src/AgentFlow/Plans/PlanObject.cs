using System.Globalization;
using System.Text.Json;
using AgentFlow.Generators.Parsing;

namespace AgentFlow;

/// <summary>An object of a plan being read: tells of what is missing, malformed, or not known, and goes on.</summary>
/// <param name="json">The object.</param>
/// <param name="path">What it is called.</param>
/// <param name="errors">Takes what is wrong.</param>
internal sealed class PlanObject(JsonElement json, string path, List<PlanError> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Report(PlanErrorKind kind, string name, string message) => errors.Add(new PlanError(kind, name.Length == 0 ? path : PathOf(name), message));

    public bool Has(string name) => TryGet(name, out _);

    public bool TryGet(string name, out JsonElement value)
    {
        _known.Add(name);
        return json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public string? Text(string name, int maxLength = 1_000)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Report(PlanErrorKind.Malformed, name, "has to be a text.");
            return null;
        }

        var text = value.GetString()!;
        if (text.Length > maxLength)
        {
            Report(PlanErrorKind.TooLarge, name, $"has {text.Length} characters, and may have at most {maxLength}.");
            return null;
        }

        return text;
    }

    public bool Flag(string name, bool otherwise)
    {
        if (!TryGet(name, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Report(PlanErrorKind.Malformed, name, "has to be true or false.");
            return otherwise;
        }

        return value.GetBoolean();
    }

    public int Number(string name, int otherwise, int least, int most)
    {
        if (!TryGet(name, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Report(PlanErrorKind.Malformed, name, $"has to be a whole number from {least} to {most}.");
        return otherwise;
    }

    public T Choice<T>(string name, T otherwise, (string Name, T Value)[] choices)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        foreach (var choice in choices)
        {
            if (choice.Name == text)
            {
                return choice.Value;
            }
        }

        Report(PlanErrorKind.Malformed, name, $"has to be one of {string.Join(", ", choices.Select(static c => c.Name))}, not '{Shorten(text)}'.");
        return otherwise;
    }

    /// <summary>A time: seconds as a number, or <c>hh:mm:ss</c>.</summary>
    public TimeSpan? Duration(string name, TimeSpan most)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        TimeSpan? duration = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDouble(out var seconds) && seconds > 0 && seconds <= most.TotalSeconds =>
                TimerSpan.OfSeconds(seconds),
            JsonValueKind.String when TimeSpan.TryParseExact(value.GetString(), ["c", @"h\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF"], CultureInfo.InvariantCulture, out var time) => time,
            _ => null,
        };
        if (duration is null || duration <= TimeSpan.Zero || duration > most)
        {
            Report(PlanErrorKind.InvalidPolicy, name, $"has to be a number of seconds, or a text like \"00:00:30\", above zero and at most {most:c}.");
            return null;
        }

        return duration;
    }

    public PlanObject? Object(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Report(PlanErrorKind.Malformed, name, "has to be an object.");
            return null;
        }

        return new PlanObject(value, PathOf(name), errors);
    }

    public List<string> Names(string name)
    {
        var names = new List<string>();
        if (!TryGet(name, out var value))
        {
            return names;
        }

        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(static item => item.ValueKind != JsonValueKind.String))
        {
            Report(PlanErrorKind.Malformed, name, "has to be an array of names.");
            return names;
        }

        names.AddRange(value.EnumerateArray().Select(static item => item.GetString()!).Distinct());
        return names;
    }

    /// <summary>Tells of every property that nobody has asked for.</summary>
    public void RefuseOthers()
    {
        foreach (var property in json.EnumerateObject())
        {
            if (_known.Contains(property.Name))
            {
                continue;
            }

            var nearest = NearestName.Find(property.Name, _known);
            Report(PlanErrorKind.UnknownProperty, Shorten(property.Name), nearest is not null ? $"is not known; did you mean '{nearest}'?" : $"is not known; known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
        }
    }

    public static string Shorten(string text) => text.Length > 64 ? text[..64] + "…" : text;
}
